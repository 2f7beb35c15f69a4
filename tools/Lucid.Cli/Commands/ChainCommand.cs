using System.CommandLine;
using System.Text.Json;
using Lucid.Cli.Api;
using Lucid.Cli.Profiles;

namespace Lucid.Cli.Commands;

internal static class ChainCommand
{
    public static Command Create()
    {
        var block = new Argument<string>("block") { Description = "Height or hash" };
        var transaction = new Argument<string>("transaction") { Description = "Transaction id" };
        return new Command("chain", "Read the chain")
        {
            Read("head", "The tree head: keep it to expose a rewritten history later (verify --known-head)", [], _ => "/api/v1/chain/tree-head"),
            Read("block", "A block", [block], parsed =>
                long.TryParse(parsed.GetValue(block), out var height) ? $"/api/v1/chain/blocks/height/{height}" : $"/api/v1/chain/blocks/{parsed.GetValue(block)}"),
            Read("proof", "The inclusion proof of a transaction", [transaction], parsed => $"/api/v1/chain/transactions/{parsed.GetValue(transaction)}/proof"),
        };
    }

    private static Command Read(string name, string description, IReadOnlyList<Symbol> symbols, Func<ParseResult, string> path)
    {
        var server = CommonOptions.Server();
        return CommonOptions.Build(name, description, [.. symbols, server], async (parsed, terminal, cancellationToken) =>
        {
            await using var gateway = await GatewayClient.OpenAsync(ProfileStore.Default, parsed.GetValue(server), cancellationToken);
            var answer = await gateway.GetPublicAsync(path(parsed), cancellationToken);
            terminal.Table(answer, ["field", "value"], answer.EnumerateObject().Select(member => new[] { member.Name, Short(member.Value) }));
            return ExitCodes.Ok;
        });
    }

    private static string Short(JsonElement value)
    {
        var text = value.ToString();
        return text.Length > 200 ? $"{text[..200]} ... ({text.Length} characters, --json shows all)" : text;
    }
}
