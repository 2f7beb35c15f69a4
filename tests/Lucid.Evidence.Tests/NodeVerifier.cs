using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lucid.Evidence.Tests;

/// <summary>The verifier in <c>tests/polyglot</c>: written from docs/formats.md, with nothing of this library.</summary>
internal static class NodeVerifier
{
    private static readonly string? Node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);

    public static void SkipWithoutNode() => Assert.SkipWhen(Node is null, "node is not installed (Debian package nodejs)");

    /// <summary>Runs the program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    /// <summary>The reports of many bundles from one process, in their order.</summary>
    public static async Task<List<JsonObject>> JudgeAsync(IReadOnlyCollection<Case> cases)
    {
        using var process = Start(["batch"]);
        var writing = Task.Run(async () =>
        {
            foreach (var @case in cases)
            {
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new
                {
                    id = @case.Name, bundle = Convert.ToBase64String(@case.Bundle), genesis = @case.Genesis?.ToString(), known = @case.Known.Select(Convert.ToBase64String),
                    key = @case.Key is null ? null : JsonNode.Parse(@case.Key),
                }));
            }

            process.StandardInput.Close();
        });
        var reports = new List<JsonObject>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            reports.Add(JsonNode.Parse(line)!.AsObject());
        }

        await writing;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, cases.Count), (process.ExitCode, reports.Count));
        return reports;
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo(Node!, [Repository.File("tests/polyglot/verify.mjs"), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <param name="Known">Earlier receipts and tree heads, as files.</param>
    /// <param name="Key">JWK of a recipient, to have the chunks decrypted too.</param>
    internal sealed record Case(string Name, byte[] Bundle, Digest? Genesis, params byte[][] Known)
    {
        public byte[]? Key { get; init; }
    }
}
