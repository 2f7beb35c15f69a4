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
            foreach (var part in Parts(decryptor))
            {
                var target = Path.Combine(folder, $"{decryptor.Manifest.SessionId:D}.{part.Name}");
                await terminal.ProgressAsync($"Decrypting {part.Name}", progress => WriteAsync(decryptor, part.Of, target, progress, cancellationToken));
                written.Add(target);
            }

            terminal.Result(
                new { session_id = decryptor.Manifest.SessionId, files = written },
                () => string.Join(Environment.NewLine, written) + "\nDecrypting does not verify: run ./lucid verify first.");
            return ExitCodes.Ok;
        });
    }

    /// <summary>A file for each run of the capture, and one for the events where there are any.</summary>
    private static IEnumerable<(string Name, Func<ManifestChunk, bool> Of)> Parts(BundleDecryptor decryptor)
    {
        foreach (var run in decryptor.Runs)
        {
            yield return ($"run{run}.mp4", chunk => chunk.Run == run && chunk.Stream != ChunkStream.Events);
        }

        if (decryptor.Manifest.Chunks.Any(chunk => chunk.Stream == ChunkStream.Events))
        {
            yield return ("events.ndjson", chunk => chunk.Stream == ChunkStream.Events);
        }
    }

    /// <summary>Whole or not at all.</summary>
    private static async Task<long> WriteAsync(
        BundleDecryptor decryptor, Func<ManifestChunk, bool> of, string target, IProgress<(long Done, long Total)> progress, CancellationToken cancellationToken)
    {
        var partial = $"{target}.partial";
        var total = decryptor.Manifest.Chunks.Where(of).Sum(chunk => chunk.PlainLength);
        await using (var file = File.Create(partial))
        {
            await foreach (var chunk in decryptor.ReadAsync(of, cancellationToken))
            {
                await file.WriteAsync(chunk.Plain, cancellationToken);
                progress.Report((file.Length, total));
            }
        }

        File.Move(partial, target, overwrite: true);
        return total;
    }
}
