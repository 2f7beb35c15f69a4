using System.Globalization;

namespace Lucid.Evidence;

/// <summary>Names and order of the entries: index.json, manifest.json, receipt.json, chunks, keys.json, README.txt.</summary>
internal static class BundleLayout
{
    public const string Index = "index.json";

    public const string Manifest = "manifest.json";

    public const string Receipt = "receipt.json";

    public const string Keys = "keys.json";

    public const string Readme = "README.txt";

    /// <summary>Documents (all entries but chunks) are held in memory; larger ones are refused.</summary>
    public const int MaxDocumentLength = 384 * 1024 * 1024;

    public static string Chunk(long index) => "chunks/" + index.ToString("D6", CultureInfo.InvariantCulture) + ".lck1";

    /// <summary>Paths after index.json, in order.</summary>
    public static IEnumerable<string> Paths(Manifest manifest) =>
        [Manifest, Receipt, .. manifest.Chunks.Select(c => Chunk(c.Index)), Keys, Readme];
}
