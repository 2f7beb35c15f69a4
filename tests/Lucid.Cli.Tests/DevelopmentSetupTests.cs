using System.Text.Json;
using Lucid.Cli.Setup;
using Lucid.Contracts.Services;

namespace Lucid.Cli.Tests;

public sealed class DevelopmentSetupTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_makes_every_secret_that_a_service_reads_and_a_genesis_that_names_their_keys()
    {
        var setup = new DevelopmentSetup(folder.Path, TimeProvider.System);
        Assert.True(await setup.RunAsync(2, default));
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllBytesAsync(setup.SecretsPath))!;
        Assert.All(SecretTable.All.Where(rule => rule.Store == ComponentNames.Secrets), rule => Assert.NotEmpty(secrets[rule.Name]));
        var genesis = await setup.GenesisAsync(default);
        Assert.Equal(2, genesis.SlotSeconds);
        Assert.Single(genesis.Authority.ManifestKeys);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(setup.SecretsPath));
    }

    [Fact]
    public async Task What_exists_is_kept()
    {
        var setup = new DevelopmentSetup(folder.Path, TimeProvider.System);
        await setup.RunAsync(null, default);
        var before = await File.ReadAllBytesAsync(setup.SecretsPath);
        Assert.False(await setup.RunAsync(null, default));
        Assert.Equal(before, await File.ReadAllBytesAsync(setup.SecretsPath));
    }

    [Fact]
    public async Task Another_slot_length_than_the_genesis_fixes_is_refused()
    {
        var setup = new DevelopmentSetup(folder.Path, TimeProvider.System);
        await setup.RunAsync(5, default);
        await Assert.ThrowsAsync<CliException>(() => setup.RunAsync(1, default));
    }

    [Fact]
    public async Task Secrets_without_their_genesis_are_refused_and_nothing_is_made()
    {
        var setup = new DevelopmentSetup(folder.Path, TimeProvider.System);
        await setup.RunAsync(null, default);
        File.Delete(setup.GenesisPath);
        var refusal = await Assert.ThrowsAsync<CliException>(() => setup.RunAsync(null, default));
        Assert.Contains(setup.GenesisPath, refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(setup.GenesisPath));
    }
}
