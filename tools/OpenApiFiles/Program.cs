using Lucid.DaprFiles;
using Lucid.OpenApiFiles;

// Writes docs/openapi from what the built services say of themselves; --check only compares and exits 1 on a difference.
var root = args.FirstOrDefault(arg => !arg.StartsWith('-')) ?? Directory.GetCurrentDirectory();
return GeneratedFiles.Write(root, OpenApiDocuments.FilesOf(await OpenApiDocuments.DescribeAsync(root, CancellationToken.None)), args.Contains("--check"));
