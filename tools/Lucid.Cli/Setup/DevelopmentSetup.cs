using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Lucid.Contracts.Services;
using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.Cli.Setup;

/// <summary>
/// Makes what a run on one machine needs under <c>.lucid/</c>: secrets, the chain's genesis and the keys it names. What exists is kept;
/// secrets without their genesis, or the reverse, are refused, because one of them would be worthless.
/// </summary>
public sealed class DevelopmentSetup(string folder, TimeProvider time)
{
    /// <summary>Slot length of a development chain, unless <c>BLOCK_TIME_SECONDS</c> says otherwise.</summary>
    public const int DefaultSlotSeconds = 5;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string SecretsPath => Path.Combine(folder, "secrets.json");

    public string WalletSecretsPath => Path.Combine(folder, "wallet-secrets.json");

    public string GenesisPath => Path.Combine(folder, "genesis.json");

    /// <summary>True when something was made.</summary>
    public async Task<bool> RunAsync(int? slotSeconds, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder, OwnerOnly);
        foreach (var child in (string[])["state", "broker", "volumes", "logs"])
        {
            Directory.CreateDirectory(Path.Combine(folder, child), OwnerOnly);
        }

        if (!File.Exists(WalletSecretsPath))
        {
            await DurableFiles.WriteAsync(WalletSecretsPath, "{}"u8.ToArray(), cancellationToken);
        }

        if (File.Exists(SecretsPath) != File.Exists(GenesisPath))
        {
            var (present, missing) = File.Exists(SecretsPath) ? (SecretsPath, GenesisPath) : (GenesisPath, SecretsPath);
            throw new CliException($"{present} exists but {missing} does not. Restore it, or remove {folder} to begin with an empty system.", ExitCodes.Unreadable);
        }

        if (File.Exists(GenesisPath))
        {
            await CheckSlotAsync(slotSeconds, cancellationToken);
            return false;
        }

        using var validator = Ed25519Key.Generate();
        using var anchoring = Ed25519Key.Generate();
        using var governance = Ed25519Key.Generate();
        using var manifest = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var genesis = Genesis.Create(
            "lucid_blocks",
            DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()),
            slotSeconds ?? DefaultSlotSeconds,
            new GenesisLimits(ParticipantsMin: 1),
            new AuthoritySet(
                0, true, [validator.PublicKey], ImmutableArray<Validator>.Empty, new Governance([governance.PublicKey], 1, 1, 1, 1),
                validator.PublicKey, [anchoring.PublicKey], [ManifestKey.From(manifest)]));
        var secrets = new Dictionary<string, string>
        {
            [SecretTable.JwtSecret] = Random64(),
            [SecretTable.MfaSecret] = Random64(),
            [SecretTable.MasterKey] = RandomHex(),
            [SecretTable.SpoolKey] = RandomHex(),
            [SecretTable.ManifestSigningKey] = manifest.ExportPkcs8PrivateKeyPem(),
            [SecretTable.AnchorSigningKey] = Convert.ToBase64String(anchoring.ExportSeed()),
            [SecretTable.ValidatorKey] = Convert.ToBase64String(validator.ExportSeed()),
            ["governance-key"] = Convert.ToBase64String(governance.ExportSeed()),
        };
        await DurableFiles.WriteAsync(SecretsPath, JsonSerializer.SerializeToUtf8Bytes(secrets), cancellationToken);
        await DurableFiles.WriteAsync(GenesisPath, genesis.Json, cancellationToken);
        return true;
    }

    /// <summary>The genesis of this folder.</summary>
    public async Task<Genesis> GenesisAsync(CancellationToken cancellationToken) => Genesis.Parse(await File.ReadAllBytesAsync(GenesisPath, cancellationToken));

    private async Task CheckSlotAsync(int? wanted, CancellationToken cancellationToken)
    {
        var genesis = await GenesisAsync(cancellationToken);
        if (wanted is { } seconds && seconds != genesis.SlotSeconds)
        {
            throw new CliException(
                string.Create(CultureInfo.InvariantCulture, $"The chain of {folder} has slots of {genesis.SlotSeconds} s, not {seconds}: a slot length is fixed by the genesis."),
                ExitCodes.Unreadable);
        }
    }

    private static string RandomHex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string Random64() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
