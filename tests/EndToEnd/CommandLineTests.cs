using System.Text.Json;
using Lucid.Cli;
using Lucid.Cli.Tests;
using Lucid.Contracts.Sessions;

namespace Lucid.EndToEnd;

/// <summary>The main job with nothing but the program, each command a process of its own.</summary>
[Collection(StackCollection.Name)]
[Trait("Needs", "Program")]
public class CommandLineTests(StackFixture fixture)
{
    private readonly string folder = Directory.CreateDirectory(Path.Combine(fixture.Stack.Folder, "command-line", Guid.NewGuid().ToString("N"))).FullName;

    [Theory]
    [InlineData("--file")]
    [InlineData("-")]
    public async Task A_person_logs_in_records_finds_exports_verifies_and_decrypts(string source)
    {
        var word = $"word{Guid.NewGuid():N}";
        var sample = Path.Combine(folder, "sample.mp4");
        await File.WriteAllBytesAsync(sample, Sample.Bytes);

        var login = await JsonAsync("login", "--server", fixture.Stack.Gateway);
        Assert.Equal(fixture.Stack.GenesisHash, login.GetProperty("genesis_hash").GetString());
        var recorded = source == "-"
            ? await JsonAsync(Sample.Bytes, "record", "-", "--name", word)
            : await JsonAsync("record", "--file", sample, "--name", word);
        var session = recorded.GetProperty("session_id").GetString()!;
        Assert.Equal((SessionStates.Completed, AnchorStates.Confirmed), (recorded.GetProperty("state").GetString(), recorded.GetProperty("anchor_status").GetString()));

        Assert.Equal(session, (await JsonAsync("sessions", "show", session)).GetProperty("session_id").GetString());
        await Stack.UntilAsync(
            async () => (await JsonAsync("sessions", "search", word)).GetProperty("sessions").EnumerateArray().Any(found => found.GetProperty("session_id").GetString() == session),
            "the session to be found");
        var height = recorded.GetProperty("block_height").GetInt64();
        Assert.Equal(recorded.GetProperty("block_hash").GetString(), (await JsonAsync("chain", "block", $"{height}")).GetProperty("hash").GetString());
        Assert.True((await JsonAsync("chain", "head")).GetProperty("height").GetInt64() >= height);

        var exported = await JsonAsync("export", session);
        var bundle = exported.GetProperty("bundle").GetString()!;
        Assert.Equal(new FileInfo(bundle).Length, exported.GetProperty("bytes").GetInt64());
        Assert.Equal(ExitCodes.Ok, (await RunAsync(null, "verify", bundle)).Code);

        var decrypted = await JsonAsync("decrypt", bundle, "-o", Path.Combine(folder, "plain"));
        var file = Assert.Single(decrypted.GetProperty("files").EnumerateArray()).GetString()!;
        var plain = await File.ReadAllBytesAsync(file);
        Assert.Equal(Sample.Bytes[..plain.Length], plain);
        Assert.Equal("mfra"u8, Sample.Bytes.AsSpan(plain.Length + 4, 4)); // the index behind the last fragment is no part of the recording
        Assert.Empty(Directory.EnumerateFiles(folder, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_chain_is_trusted_where_it_was_pinned_or_made_and_nowhere_else()
    {
        await JsonAsync("login", "--server", fixture.Stack.Gateway);
        var session = (await JsonAsync(Sample.Bytes, "record", "-")).GetProperty("session_id").GetString()!;
        var bundle = (await JsonAsync("export", session)).GetProperty("bundle").GetString()!;
        var stranger = Directory.CreateDirectory(Path.Combine(folder, "stranger")).FullName;

        Assert.Equal(ExitCodes.TrustNotEstablished, (await LucidProgram.RunAsync(stranger, null, ["verify", bundle])).Code);
        Assert.Equal(ExitCodes.TrustNotEstablished, (await RunAsync(null, "verify", bundle, "--no-pin")).Code);
        Assert.Equal(ExitCodes.Invalid, (await LucidProgram.RunAsync(stranger, null, ["verify", bundle, "--genesis", new string('0', 64)])).Code);
        Assert.Equal(ExitCodes.Ok, (await LucidProgram.RunAsync(stranger, null, ["verify", bundle, "--genesis", fixture.Stack.GenesisHash])).Code);
        Assert.Equal(ExitCodes.Ok, (await LucidProgram.RunAsync(stranger, fixture.Stack.Folder, ["verify", bundle])).Code);

        // The chain of a working directory that is no checkout vouches for nothing.
        Directory.CreateDirectory(Path.Combine(stranger, ".lucid"));
        File.Copy(Path.Combine(fixture.Stack.Folder, ".lucid", "genesis.json"), Path.Combine(stranger, ".lucid", "genesis.json"));
        Assert.Equal(ExitCodes.TrustNotEstablished, (await LucidProgram.RunAsync(stranger, null, ["verify", bundle])).Code);
    }

    [Fact]
    public async Task An_input_without_a_fragment_is_refused_and_leaves_no_open_session()
    {
        await JsonAsync("login", "--server", fixture.Stack.Gateway);

        var (code, _, error) = await RunAsync([], "record", "-");

        Assert.Equal(ExitCodes.Unreadable, code);
        Assert.Contains("Nothing was recorded", error, StringComparison.Ordinal);
        await Stack.UntilAsync(
            async () => (await JsonAsync("sessions", "list")).GetProperty("sessions").EnumerateArray().All(found => found.GetProperty("state").GetString() == SessionStates.Cancelled),
            "the session to be cancelled");
    }

    private Task<JsonElement> JsonAsync(params string[] arguments) => JsonAsync(null, arguments);

    private async Task<JsonElement> JsonAsync(byte[]? input, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(input, [.. arguments, "--json"]);
        Assert.True(code == ExitCodes.Ok, $"lucid {string.Join(' ', arguments)}: exit {code}\n{error}{output}");
        return JsonDocument.Parse(output).RootElement;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(byte[]? input, params string[] arguments) => LucidProgram.RunAsync(folder, null, arguments, input);
}
