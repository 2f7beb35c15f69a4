using Lucid.ServiceDefaults;

namespace Lucid.StorageDatabase.Domain;

/// <summary>Whose documents a caller may see. There is no query without one.</summary>
internal sealed record Visibility
{
    private static readonly string[] SeeAll = ["admin", "super_admin"];

    private Visibility(string? owner) => Owner = owner;

    public static Visibility Everybody { get; } = new((string?)null);

    /// <summary>Null: of everybody.</summary>
    public string? Owner { get; }

    public static Visibility Only(Guid user) => new(user.ToString("D"));

    /// <summary>By the verified access token; the role decides, never the request.</summary>
    public static Visibility Of(UserContext user) => SeeAll.Contains(user.Role, StringComparer.Ordinal) ? Everybody : Only(user.UserId);
}
