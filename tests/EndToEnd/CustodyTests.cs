using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lucid.Cli.Profiles;
using Lucid.Evidence;

namespace Lucid.EndToEnd;

/// <summary>What the platform still has of a recording whose custody is its owner's: everything but a key.</summary>
[Collection(StackCollection.Name)]
[Trait("Needs", "Program")]
public sealed partial class CustodyTests(StackFixture fixture)
{
    private const int KeyLength = 32;

    private string Platform => Path.Combine(fixture.Stack.Folder, ".lucid");

    [Fact]
    public async Task Nothing_the_platform_holds_of_a_finished_recording_is_its_key_or_opens_a_backup_of_it()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var (session, grant) = await user.Flow.StartAsync("custody", null, default);
        await user.Flow.SendAsync(session, grant, new MemoryStream(Sample.Bytes), null, null, default);

        // A backup while it is recorded: the whole state, but not the volume that no backup includes. Beside it, what only a thief would copy.
        var backup = Directory.EnumerateFiles(Path.Combine(Platform, "state")).Select(Read).ToList();
        var version = Read(Path.Combine(Platform, "volumes", "session-keys", session))[..KeyLength];
        await user.Flow.StopAsync(session, null, default);
        await user.Flow.WaitForAnchorAsync(session, null, default);
        var (_, bundle) = await user.ExportAsync(session, fixture.Stack.GenesisHash);

        var (dataKey, keyId) = await OwnersKeyAsync(user, bundle);
        var platformKey = Convert.FromHexString(JsonDocument.Parse(Read(Path.Combine(Platform, "secrets.json"))).RootElement.GetProperty("lucid-master-key").GetString()!);
        var wrappingKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, platformKey, KeyLength, version, "lucid/working-key/v1"u8.ToArray());
        Assert.Contains(backup.SelectMany(Wrapped), wrapped => Unwrap(wrapped, wrappingKey, Guid.Parse(session), keyId)?.AsSpan().SequenceEqual(dataKey) == true);

        var files = Directory.EnumerateFiles(Platform, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is not ".sock" and not ".lock").Append(Path.Combine(fixture.Stack.Folder, "run.log")).ToList();
        Assert.Contains(files, file => file.Contains("/logs/", StringComparison.Ordinal));
        Assert.Contains(files, file => file.Contains("/volumes/storage/", StringComparison.Ordinal));
        foreach (var file in files)
        {
            var content = File.Exists(file) ? Read(file) : []; // a segment that its owner has dropped meanwhile
            foreach (var (name, secret) in ((string, byte[])[])[("data key", dataKey), ("key version", version), ("wrapping key", wrappingKey)])
            {
                Assert.True(Spellings(secret).All(spelling => content.AsSpan().IndexOf(spelling) < 0), $"{file} holds the {name} of a finished recording.");
            }
        }

        // The scan finds what is there: the platform key stands in the secrets, the session id in the state.
        Assert.Contains(files, file => Spellings(platformKey).Any(spelling => Read(file).AsSpan().IndexOf(spelling) >= 0));
    }

    private static async Task<(byte[] Key, Guid KeyId)> OwnersKeyAsync(User user, string bundle)
    {
        await using var zip = await ZipFile.OpenReadAsync(bundle);
        await using var entry = await zip.GetEntry("keys.json")!.OpenAsync();
        using var document = new MemoryStream();
        await entry.CopyToAsync(document);
        var keys = BundleKeys.Parse(document.ToArray());
        using var key = await ProfileStore.ReadKeyAsync(user.Store.EncryptionKeyPath, default);
        return (Assert.Single(keys.Envelopes).Unwrap(key, keys.SessionId, keys.DekId), keys.DekId);
    }

    private static IEnumerable<byte[]> Spellings(byte[] secret)
    {
        var base64 = Convert.ToBase64String(secret).TrimEnd('=');
        return
        [
            secret, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Convert.ToHexString(secret)), Encoding.ASCII.GetBytes(base64),
            Encoding.ASCII.GetBytes(base64.Replace('+', '-').Replace('/', '_')), Encoding.ASCII.GetBytes(base64.Replace("+", "\\u002B", StringComparison.Ordinal)),
        ];
    }

    /// <summary>Wrapped working keys (60 bytes: nonce, tag, key) in the text of a state database.</summary>
    private static IEnumerable<byte[]> Wrapped(byte[] database) =>
        WrappedKey().Matches(Encoding.Latin1.GetString(database).Replace("\\u002B", "+", StringComparison.Ordinal)).Select(match => Convert.FromBase64String(match.Groups[1].Value));

    private static byte[]? Unwrap(byte[] wrapped, byte[] wrappingKey, Guid session, Guid keyId)
    {
        var key = new byte[KeyLength];
        using var cipher = new AesGcm(wrappingKey, 16);
        try
        {
            cipher.Decrypt(wrapped.AsSpan(0, 12), wrapped.AsSpan(28), wrapped.AsSpan(12, 16), key, [.. session.ToByteArray(bigEndian: true), .. keyId.ToByteArray(bigEndian: true)]);
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null; // another session's
        }
    }

    // Services write while this reads; a database is copied the way a file-level backup would.
    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    [GeneratedRegex("\"wrapped\":\"([A-Za-z0-9+/]{80})\"")]
    private static partial Regex WrappedKey();
}
