using System.Text.Json;

namespace Lucid.Cli.Tests;

/// <summary>The program as a user starts it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("verify")]
    [InlineData("verify bundle.zip --frobnicate")]
    [InlineData("record --frame-rate many -")]
    [InlineData("completion tcsh")]
    [InlineData("help frobnicate")]
    public async Task What_the_command_line_does_not_know_is_said_on_standard_error_with_exit_2(string arguments)
    {
        var (code, output, error) = await LucidAsync(arguments.Split(' '));

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("See ./lucid help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_one_object_on_standard_output_where_json_is_asked_for()
    {
        var (code, output, error) = await LucidAsync("verify", "gone.zip", "--json");

        var failure = JsonDocument.Parse(output).RootElement;
        Assert.Equal(2, code);
        Assert.Equal(2, failure.GetProperty("exit_code").GetInt32());
        Assert.Equal("gone.zip does not exist.", failure.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("gone.zip does not exist.\n", error);
    }

    [Fact]
    public async Task Without_a_server_it_is_said_how_to_start_one()
    {
        var (code, _, error) = await LucidAsync("chain", "head", "--server", "http://127.0.0.1:9");

        Assert.Equal(4, code);
        Assert.Contains("./run", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_calls_the_program_by_its_name()
    {
        var (code, output, _) = await LucidAsync("help", "record");

        Assert.Equal(0, code);
        Assert.Contains("lucid record [<source>] [options]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_finds_what_is_missing()
    {
        var (code, output, _) = await LucidAsync("doctor", "--json");

        var findings = JsonDocument.Parse(output).RootElement.EnumerateArray().ToDictionary(finding => finding.GetProperty("what").GetString()!);
        Assert.Equal(1, code);
        Assert.True(findings[".NET"].GetProperty("good").GetBoolean());
        Assert.False(findings["setup"].GetProperty("good").GetBoolean());
        Assert.Equal("not logged in: ./lucid login", findings["log-in"].GetProperty("text").GetString());
    }

    private Task<(int Code, string Output, string Error)> LucidAsync(params string[] arguments) => LucidProgram.RunAsync(folder.Path, folder.Path, arguments);
}
