namespace Lucid.ApiGateway.Revocation;

/// <summary>Names of what the deny-list refuses.</summary>
internal static class Subject
{
    /// <summary>A log-in session, by <c>sid</c>.</summary>
    public static string OfSession(string sid) => $"sid:{sid}";

    /// <summary>A user, by <c>sub</c>.</summary>
    public static string OfUser(string userId) => $"sub:{userId}";
}
