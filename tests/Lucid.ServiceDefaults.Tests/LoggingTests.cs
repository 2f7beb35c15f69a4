using System.Text.Json;
using Lucid.ServiceDefaults.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Lucid.ServiceDefaults.Tests;

public class LoggingTests
{
    [Fact]
    public async Task A_line_in_a_request_is_one_json_object_that_names_service_request_and_user()
    {
        string? written = null;
        var tokens = new TokenIssuer();
        await using var service = await TestService.StartAsync(
            null,
            app => app.MapGet("/test/below/logged", (IServiceProvider services) => written = Write(services, LogLevel.Warning, "stored \"a\"\nand b", new InvalidOperationException("why"))).RequireUser(), "--LOG_FORMAT=json");
        service.Sidecar.OnInvoke = tokens.Serve;
        var user = Guid.NewGuid();
        using var client = service.Client(bearer: tokens.Issue(user));
        client.DefaultRequestHeaders.Add("X-Request-ID", "0198c0de-0000-7000-8000-000000000001");
        await client.GetStringAsync("/test/below/logged");

        var line = Assert.Single(written!.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var members = JsonDocument.Parse(line).RootElement.EnumerateObject().ToList();
        Assert.Equal(["timestamp", "level", "service", "request_id", "user_id", "message"], members.Take(6).Select(m => m.Name));
        Assert.Equal(["WARN", AppIds.SessionApi, "0198c0de-0000-7000-8000-000000000001", user.ToString(), "stored \"a\"\nand b"], members.Skip(1).Take(5).Select(m => m.Value.GetString()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", members[0].Value.GetString());
        Assert.Contains("why", members[^1].Value.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_a_request_the_members_are_there_and_empty()
    {
        await using var service = await TestService.StartAsync(null, null, "--LOG_FORMAT=json");
        var line = JsonDocument.Parse(Write(service.Services, LogLevel.Critical, "gone", null)).RootElement;
        Assert.Equal("FATAL", line.GetProperty("level").GetString());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("request_id").ValueKind);
        Assert.Equal(JsonValueKind.Null, line.GetProperty("user_id").ValueKind);
    }

    // Through the formatter that the console of a service with LOG_FORMAT=json is wired to.
    private static string Write(IServiceProvider services, LogLevel level, string message, Exception? exception)
    {
        var name = services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName;
        var text = new StringWriter();
        services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == name)
            .Write(new LogEntry<string>(level, "Tests", new EventId(7), message, exception, (state, _) => state), null, text);
        return text.ToString();
    }
}
