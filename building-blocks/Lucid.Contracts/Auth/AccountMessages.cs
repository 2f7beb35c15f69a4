using System.Text.Json;

namespace Lucid.Contracts.Auth;

/// <summary>GET /auth/status.</summary>
public sealed record AuthStatus(bool Authenticated, UserView User, DateTimeOffset TokenExpiresAt, string Acr, IReadOnlyList<string> Amr);

/// <summary>GET /auth/permissions.</summary>
/// <param name="Names">The same permissions as flat names.</param>
public sealed record PermissionList(string Role, IReadOnlyList<PermissionGroup> Permissions, IReadOnlyList<string> Names);

public sealed record PermissionGroup(string Resource, IReadOnlyList<string> Actions, PermissionConditions? Conditions = null);

/// <param name="MaxSessions">1–100.</param>
/// <param name="MaxSizeGb">1–1000.</param>
public sealed record PermissionConditions(int MaxSessions, int MaxSizeGb);

/// <summary>GET /auth/sessions.</summary>
public sealed record LoginSessionList(IReadOnlyList<LoginSessionView> Sessions);

/// <param name="DeviceInfo">User agent as sent.</param>
/// <param name="IpAddress">Prefix of 24 or 48 bits; null for onion clients.</param>
/// <param name="ExpiresAt">Ends then unless it is refreshed.</param>
public sealed record LoginSessionView(
    string SessionId, string? DeviceInfo, string? IpAddress, DateTimeOffset CreatedAt, DateTimeOffset LastActivity, DateTimeOffset ExpiresAt, bool IsCurrent);

/// <summary>POST /auth/sessions/terminate-all.</summary>
public sealed record TerminatedSessions(int TerminatedCount);

/// <summary>POST /users/me/encryption-keys.</summary>
/// <param name="Label">1–64 characters.</param>
/// <param name="Jwk">Public JWK, P-256 or X25519; a private part is refused.</param>
public sealed record NewEncryptionKey(string Label, JsonElement Jwk);
