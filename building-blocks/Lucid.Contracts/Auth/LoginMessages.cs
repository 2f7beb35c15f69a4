using System.Text.Json;

namespace Lucid.Contracts.Auth;

/// <summary>POST /auth/login. The members of exactly one family: wallet (address, challenge, signature) or e-mail.</summary>
/// <param name="Signature">r ‖ s ‖ v as 130 hex digits, with or without 0x.</param>
/// <param name="Message">If sent, must be the issued text.</param>
/// <param name="HardwareWallet">{type, device_id} with a wallet, a boolean with an e-mail address.</param>
/// <param name="EvictOldest">At the session cap, ends the oldest session instead of refusing.</param>
public sealed record LoginRequest(
    string? TronAddress = null, string? ChallengeId = null, string? Signature = null, string? Message = null, JsonElement? HardwareWallet = null,
    bool? RememberMe = null, bool? EvictOldest = null, string? Email = null, string? Password = null, string? TwoFactorCode = null);

/// <summary>POST /auth/step-up: a fresh wallet signature over a challenge of purpose <c>step_up</c>.</summary>
public sealed record StepUpRequest(string ChallengeId, string Signature, string? Message = null);

/// <summary>POST /auth/refresh.</summary>
/// <param name="RefreshToken">At most 500 characters.</param>
public sealed record RefreshRequest(string RefreshToken);

/// <summary>POST /auth/logout; the body may be left out.</summary>
public sealed record LogoutRequest(bool? LogoutAllSessions = null, string? RefreshToken = null);

/// <summary>The pair of a log-in session. An answer to step-up has no refresh token: the session keeps the one it has.</summary>
/// <param name="ExpiresIn">Seconds.</param>
/// <param name="RefreshExpiresIn">Seconds until the session ends unless it is refreshed.</param>
public sealed record AuthResponse(
    string AccessToken, string? RefreshToken, string TokenType, int ExpiresIn, int RefreshExpiresIn, string SessionId, UserView User);
