using System.Xml.Linq;

namespace Lucid.Architecture;

/// <summary>The checkout these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Project> Projects { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.StartsWith(".lucid", StringComparison.Ordinal) && !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Order(StringComparer.Ordinal)
            .Select(path => new Project(path)),
    ];

    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/") && !path.Contains("/bin/"));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BannedSymbols.txt")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside a checkout.");
    }
}

/// <param name="Path">Of the project file, relative to the root.</param>
internal sealed record Project(string Path)
{
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Folders of the projects this one references, relative to the root.</summary>
    public IReadOnlyList<string> References =>
    [
        .. XDocument.Load(System.IO.Path.Combine(Repository.Root, Path)).Descendants("ProjectReference")
            .Select(reference => System.IO.Path.GetRelativePath(
                Repository.Root,
                System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository.Root, Folder, System.IO.Path.GetDirectoryName((string)reference.Attribute("Include")!)!)))),
    ];
}
