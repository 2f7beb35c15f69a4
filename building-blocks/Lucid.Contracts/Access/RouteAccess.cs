namespace Lucid.Contracts.Access;

/// <summary>Who may use a public route; each level includes the ones above it in the list.</summary>
public enum RouteAccess
{
    /// <summary>Nobody needs to be known; the token, if sent, must still be good.</summary>
    Public,
    User,
    NodeOperator,
    Admin,
    SuperAdmin,
}
