using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Storage;

/// <summary>
/// Tables of a view: the documents with a column for each single field; the values of array fields; the words (FTS5, without a copy of the
/// text). Names come from <see cref="ViewDefinition"/> alone.
/// </summary>
internal static class SqliteLayout
{
    // Raise when the same columns are filled in another way.
    private const int Content = 1;

    public static string Documents(ViewDefinition view) => view.Name;

    public static string Values(ViewDefinition view) => view.Name + "_values";

    public static string Text(ViewDefinition view) => view.Name + "_text";

    public static IEnumerable<ViewField> Columns(ViewDefinition view) => view.Fields.Where(field => field.Kind != FieldKind.Keywords);

    public static string Column(ViewField field) => "f_" + field.Name;

    public static string Definition { get; } = Define();

    /// <summary>Kept as <c>user_version</c>: a file with another number was laid out otherwise and is made anew.</summary>
    public static int Version { get; } =
        BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Content} {Definition}"))) & int.MaxValue;

    private static string Define()
    {
        var sql = new StringBuilder("CREATE TABLE complete (owner TEXT PRIMARY KEY) WITHOUT ROWID;\n");
        foreach (var view in ViewDefinition.All)
        {
            var columns = string.Concat(Columns(view).Select(field => $", {Column(field)} {(field.Kind is FieldKind.Time or FieldKind.Number ? "INTEGER" : "TEXT")}"));
            var (documents, owner, time) = (Documents(view), Column(view.Field(view.Owner)!), Column(view.Field(view.Time)!));
            sql.Append("CREATE TABLE ").Append(documents)
                .Append(" (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, document TEXT").Append(columns).Append(");\n")
                .Append("CREATE INDEX ").Append(documents).Append("_owner ON ").Append($"{documents} ({owner}, {time}, id);\n")
                .Append("CREATE INDEX ").Append(documents).Append("_time ON ").Append($"{documents} ({time}, id);\n")
                .Append("CREATE TABLE ").Append(Values(view))
                .Append(" (row INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (row, field, value)) WITHOUT ROWID;\n")
                .Append("CREATE VIRTUAL TABLE ").Append(Text(view))
                .Append(" USING fts5(words, content='', contentless_delete=1, prefix='1 2 3', tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co So'\");\n");
        }

        return sql.ToString();
    }
}
