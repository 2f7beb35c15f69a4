using Lucid.Cli.Profiles;

namespace Lucid.Cli.Tests;

[Collection("environment")]
public sealed class ProfileStoreTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder folder = new();
    private readonly string? passphrase = Environment.GetEnvironmentVariable(ProfileStore.PassphraseVariable);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ProfileStore.PassphraseVariable, passphrase);
        folder.Dispose();
    }

    [Fact]
    public async Task Keys_and_tokens_are_readable_by_their_owner_only()
    {
        var store = new ProfileStore(Path.Combine(folder.Path, "profile"));
        using var wallet = (await store.WalletAsync(null, default)).Key;
        using var key = await store.EncryptionKeyAsync(default);
        await store.SaveAsync(new Profile { AccessToken = "secret" }, default);
        Assert.All(Directory.GetFiles(store.Folder), file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Keys_are_made_once()
    {
        var store = new ProfileStore(folder.Path);
        using var wallet = (await store.WalletAsync(null, default)).Key;
        var (again, made) = await store.WalletAsync(null, default);
        using (again)
        {
            Assert.False(made);
            Assert.Equal(wallet.Address.ToString(), again.Address.ToString());
        }

        using var first = await store.EncryptionKeyAsync(default);
        using var second = await store.EncryptionKeyAsync(default);
        Assert.Equal(first.PublicKey.Kid, second.PublicKey.Kid);
    }

    [Fact]
    public async Task A_passphrase_is_needed_to_open_what_it_closed()
    {
        var store = new ProfileStore(folder.Path);
        Environment.SetEnvironmentVariable(ProfileStore.PassphraseVariable, "correct horse");
        using var key = await store.EncryptionKeyAsync(default);
        using var opened = await ProfileStore.ReadKeyAsync(store.EncryptionKeyPath, default);
        Assert.Equal(key.PublicKey.Kid, opened.PublicKey.Kid);
        Assert.DoesNotContain("\"d\"", await File.ReadAllTextAsync(store.EncryptionKeyPath), StringComparison.Ordinal);

        Environment.SetEnvironmentVariable(ProfileStore.PassphraseVariable, "battery staple");
        await Assert.ThrowsAsync<CliException>(() => ProfileStore.ReadKeyAsync(store.EncryptionKeyPath, default));
        Environment.SetEnvironmentVariable(ProfileStore.PassphraseVariable, null);
        var refusal = await Assert.ThrowsAsync<CliException>(() => ProfileStore.ReadKeyAsync(store.EncryptionKeyPath, default));
        Assert.Contains(ProfileStore.PassphraseVariable, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wallet_file_that_holds_no_key_is_named()
    {
        var path = Path.Combine(folder.Path, "bad.key");
        await File.WriteAllTextAsync(path, "not hex");
        var refusal = await Assert.ThrowsAsync<CliException>(() => new ProfileStore(folder.Path).WalletAsync(path, default));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }
}
