namespace Lucid.Contracts.Auth;

/// <summary>Data of every <c>user.*</c> event: the whole view. A reader keeps the highest <see cref="UserView.Version"/>.</summary>
/// <param name="Change">What happened, where the type does not say it: <c>encryption_key_added</c>, <c>encryption_key_removed</c>.</param>
public sealed record UserNotice(UserView User, string? Change = null);

/// <summary>Data of <c>auth.login-succeeded</c>.</summary>
public sealed record LoginNotice(string UserId, string Sid, string Method, UserView User);

/// <summary>Data of <c>auth.login-failed</c>; may be lost.</summary>
public sealed record LoginFailure(string Method, string Reason);

/// <summary>Data of <c>auth.session-created</c>.</summary>
public sealed record LoginSessionNotice(string Sid, string UserId, string Role, DateTimeOffset ExpiresAt);

/// <summary>Data of <c>auth.session-revoked</c>.</summary>
/// <param name="NotAfter">Until then an access token of the session may still be unexpired: doors refuse it so long.</param>
public sealed record SessionRevocation(string Sid, string UserId, string Reason, DateTimeOffset NotAfter);

/// <summary>Data of <c>auth.token-reuse-detected</c>.</summary>
public sealed record TokenReuse(string Sid, string UserId);

/// <summary>Data of <c>auth.keys-rotated</c>.</summary>
/// <param name="UseFrom">When tokens begin to be signed with it.</param>
public sealed record KeyRotation(string Kid, DateTimeOffset UseFrom);
