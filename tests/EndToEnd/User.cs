using Lucid.Cli.Api;
using Lucid.Cli.Profiles;
using Lucid.Cli.Recording;
using Lucid.Evidence;

namespace Lucid.EndToEnd;

/// <summary>A new person with a wallet, logged in through the gateway, as the command line would.</summary>
public sealed class User : IAsyncDisposable
{
    private User(GatewayClient gateway, ProfileStore store, string folder) => (Gateway, Store, Folder) = (gateway, store, folder);

    public GatewayClient Gateway { get; }

    public ProfileStore Store { get; }

    public string Folder { get; }

    public RecordingFlow Flow => new(Gateway, _ => { });

    public static async Task<User> LoginAsync(Stack stack, string? wallet = null)
    {
        var folder = Path.Combine(stack.Folder, "users", Guid.NewGuid().ToString("N"));
        var store = new ProfileStore(folder);
        var gateway = await GatewayClient.OpenAsync(store, stack.Gateway, default);
        using var key = (await store.WalletAsync(wallet, default)).Key;
        await LoginFlow.RunAsync(gateway, store, key, default);
        return new(gateway, store, folder);
    }

    /// <summary>Exports a finished session and says what an offline verifier finds.</summary>
    public async Task<(VerificationReport Report, string Bundle)> ExportAsync(string session, string genesis)
    {
        var bundle = Path.Combine(Folder, $"{session}.zip");
        await Flow.ExportAsync(session, bundle, null, default);
        await using var file = File.OpenRead(bundle);
        return (await BundleVerifier.VerifyAsync(file, new VerificationOptions { PinnedGenesisHash = Digest.Parse(genesis) }), bundle);
    }

    public async Task<byte[]> DecryptAsync(string bundle)
    {
        using var key = await ProfileStore.ReadKeyAsync(Store.EncryptionKeyPath, default);
        await using var file = File.OpenRead(bundle);
        using var decryptor = await BundleDecryptor.OpenAsync(file, key);
        using var output = new MemoryStream();
        foreach (var run in decryptor.Runs)
        {
            await decryptor.CopyVideoAsync(run, output);
        }

        return output.ToArray();
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
