namespace Lucid.Evidence.Tests;

/// <summary>Files of the repository that the tests are built from.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string File(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "docs", "formats.md")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("docs/formats.md was not found above the test.");
        }

        return folder.FullName;
    }
}
