using System.CommandLine;
using System.Text.Json;
using Lucid.Cli.Api;
using Lucid.Cli.Output;
using Lucid.Cli.Profiles;
using Lucid.Contracts;
using Lucid.Contracts.Sessions;

namespace Lucid.Cli.Commands;

internal static class SessionsCommand
{
    public static Command Create()
    {
        var sessions = new Command("sessions", "List, show and search recorded sessions") { List(), Show(), Search() };
        return sessions;
    }

    private static Command List()
    {
        var (page, limit, server) = (Page(), Limit(), CommonOptions.Server());
        var status = new Option<string?>("--state") { Description = "Only sessions in this state" };
        return CommonOptions.Build("list", "Own sessions, newest first", [page, limit, status, server], (parsed, terminal, cancellationToken) =>
            QueryAsync(
                $"?page={parsed.GetValue(page)}&limit={parsed.GetValue(limit)}" + (parsed.GetValue(status) is { } state ? $"&status={Uri.EscapeDataString(state)}" : ""),
                parsed.GetValue(server), terminal, cancellationToken));
    }

    private static Command Search()
    {
        var (page, limit, server) = (Page(), Limit(), CommonOptions.Server());
        var text = new Argument<string>("text") { Description = "Words of name, description, project or tags" };
        return CommonOptions.Build("search", "Full-text search over own sessions", [text, page, limit, server], (parsed, terminal, cancellationToken) =>
            QueryAsync(
                $"?q={Uri.EscapeDataString(parsed.GetValue(text)!)}&page={parsed.GetValue(page)}&limit={parsed.GetValue(limit)}",
                parsed.GetValue(server), terminal, cancellationToken));
    }

    private static Command Show()
    {
        var session = new Argument<string>("session") { Description = "Session id" };
        var server = CommonOptions.Server();
        return CommonOptions.Build("show", "One session with everything known of it", [session, server], async (parsed, terminal, cancellationToken) =>
        {
            await using var gateway = await GatewayClient.OpenAsync(ProfileStore.Default, parsed.GetValue(server), cancellationToken);
            var view = (await gateway.GetAsync($"/api/v1/sessions/{parsed.GetValue(session)}", cancellationToken)).Deserialize<SessionView>(JsonDefaults.Tolerant)!;
            terminal.Table(view, ["field", "value"], Rows(view));
            return ExitCodes.Ok;
        });
    }

    private static async Task<int> QueryAsync(string query, string? server, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var gateway = await GatewayClient.OpenAsync(ProfileStore.Default, server, cancellationToken);
        var list = (await gateway.GetAsync($"/api/v1/sessions{query}", cancellationToken)).Deserialize<SessionList>(JsonDefaults.Tolerant)!;
        var views = list.Sessions.Select(item => item.Deserialize<SessionView>(JsonDefaults.Tolerant)!).ToList();
        terminal.Table(list, ["session", "name", "state", "anchor", "created", "bytes"], views.Select(view => new[]
        {
            view.SessionId, view.Name, view.State, view.AnchorStatus, $"{view.CreatedAt:yyyy-MM-dd HH:mm:ss}", $"{view.SizeBytes:N0}",
        }));
        return ExitCodes.Ok;
    }

    private static IEnumerable<string[]> Rows(SessionView view)
    {
        foreach (var property in JsonSerializer.SerializeToElement(view, JsonDefaults.Tolerant).EnumerateObject())
        {
            yield return [property.Name, property.Value.ToString()];
        }
    }

    private static Option<int> Page() => new("--page") { Description = "From 1", DefaultValueFactory = _ => 1 };

    private static Option<int> Limit() => new("--limit") { Description = "1-100", DefaultValueFactory = _ => 20 };
}
