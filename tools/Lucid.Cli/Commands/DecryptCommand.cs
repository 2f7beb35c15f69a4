using System.CommandLine;
using Lucid.Cli.Profiles;
using Lucid.Evidence;

namespace Lucid.Cli.Commands;

internal static class DecryptCommand
{
    public static Command Create()
    {
        var bundle = new Argument<string>("bundle") { Description = "Evidence bundle" };
        var key = new Option<string?>("--key") { Description = "File with the recipient's private key (default: the own one)" };
        var output = new Option<string?>("--output", "-o") { Description = "Folder for the recordings (default: beside the bundle)" };
        return CommonOptions.Build("decrypt", "Decrypt a bundle with a recipient's key; needs no network", [bundle, key, output], async (parsed, terminal, cancellationToken) =>
        {
            var path = parsed.GetValue(bundle)!;
            var store = ProfileStore.Default;
            using var recipient = await ProfileStore.ReadKeyAsync(parsed.GetValue(key) ?? store.EncryptionKeyPath, cancellationToken);
            await using var file = File.OpenRead(path);
            using var decryptor = await BundleDecryptor.OpenAsync(file, recipient, cancellationToken);
            var folder = parsed.GetValue(output) ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            var written = new List<string>();
            foreach (var run in decryptor.Runs)
            {
                var target = Path.Combine(folder, $"{decryptor.Manifest.SessionId:D}.run{run}.mp4");
                await using (var video = File.Create(target))
                {
                    await decryptor.CopyVideoAsync(run, video, cancellationToken);
                }

                written.Add(target);
            }

            terminal.Result(
                new { session_id = decryptor.Manifest.SessionId, files = written },
                () => string.Join(Environment.NewLine, written) + "\nDecrypting does not verify: run ./lucid verify first.");
            return ExitCodes.Ok;
        });
    }
}
