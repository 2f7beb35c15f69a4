using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Invocation;

public sealed class MethodPathTests
{
    [Theory]
    [InlineData("a/b", "a/b", "a/b")]
    [InlineData("a//b", "a/b", "a/b")]
    [InlineData("a/./b", "a/b", "a/b")]
    [InlineData("x/../a/b", "a/b", "a/b")]
    [InlineData("../../a", "a", "a")]
    [InlineData("a/b/", "a/b", "a/b")]
    [InlineData("/a", "a", "a")]
    [InlineData("", "", "")]
    [InlineData("..", "", "")]
    [InlineData("admin%2F..%2Fpublic", "public", "public")]
    [InlineData("a%2Fb", "a/b", "a/b")]
    [InlineData("a%2eb", "a.b", "a.b")]
    [InlineData("a/%2e%2e/b", "b", "b")]
    [InlineData("a%20b", "a b", "a%20b")]
    [InlineData("a+b", "a+b", "a+b")]
    [InlineData("a%5Cb", "a\\b", "a%5Cb")]
    [InlineData("gr%C3%BCn", "grün", "gr%C3%BCn")]
    [InlineData("a;b=c", "a;b=c", "a;b=c")]
    public void The_path_judged_is_the_path_dispatched(string escaped, string operation, string dispatch)
    {
        var method = MethodPath.FromEscaped("app", escaped);

        Assert.Equal(operation, method.Operation);
        Assert.Equal(dispatch, method.Dispatch);
        Assert.Equal(operation, EscapedPath.Unescape(method.Dispatch));
    }

    [Theory]
    [InlineData("a%23b", 500)]
    [InlineData("a%3Fb", 500)]
    [InlineData("a%00b", 500)]
    [InlineData("a%0Db", 500)]
    [InlineData("a%7Fb", 500)]
    [InlineData("a%25zz", 500)]
    [InlineData("a%25", 500)]
    [InlineData("a/%252e%252e/b", 400)]
    [InlineData("%2561dmin", 400)]
    [InlineData("a%zz", 400)]
    [InlineData("a%FF", 400)]
    public void Forbidden_characters_and_second_escapes_are_refused(string escaped, int status)
    {
        var error = Assert.Throws<DaprApiException>(() => MethodPath.FromEscaped("app", escaped));

        Assert.Equal(status, error.Error.HttpStatus);
        Assert.Equal("ERR_DIRECT_INVOKE", error.Error.Code);
    }

    [Fact]
    public void Text_that_is_not_escaped_may_not_hold_a_percent_sign()
    {
        Assert.Throws<DaprApiException>(() => MethodPath.FromText("app", "a/%2e%2e/b"));
        Assert.Equal("a b", MethodPath.FromText("app", "a b").Operation);
    }

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("//v1.0//actors/", "/v1.0/actors")]
    [InlineData("/a/%2e%2e/b", "/a/%2e%2e/b")]
    [InlineData("/a/../../b", "/b")]
    [InlineData("/.hidden", "/.hidden")]
    [InlineData("/", "/")]
    public void Cleaning_leaves_escapes_alone(string path, string cleaned) => Assert.Equal(cleaned, EscapedPath.Clean(path));

    [Theory]
    [InlineData("/a?b=/c", "/a")]
    [InlineData("http://host/a/b?c", "/a/b")]
    [InlineData("http://host", "/")]
    [InlineData("*", "/")]
    public void The_path_of_a_target_is_found(string target, string path) => Assert.Equal(path, EscapedPath.OfTarget(target));
}
