using System.ComponentModel.DataAnnotations;
using Lucid.AuthService.Domain;
using Lucid.Contracts.Auth;

namespace Lucid.AuthService;

/// <summary>Settings of the auth service.</summary>
public sealed record AuthOptions : IValidatableObject
{
    /// <summary>Host name, with the port if it is not 443, that challenges are bound to.</summary>
    [RegularExpression(@"^[a-zA-Z0-9.\-]{1,100}(:[0-9]{1,5})?$")]
    public string AuthDomain { get; init; } = "localhost";

    public TronNetwork TronNetwork { get; init; } = TronNetwork.Shasta;

    /// <summary>One line of printable ASCII, shown by the wallet.</summary>
    [RegularExpression(@"^[ -~]{1,200}$")]
    public string TronSignatureMessage { get; init; } = "Sign in to Lucid. This signature moves no funds.";

    /// <summary>Life of access tokens, minutes.</summary>
    [Range(1, 60)]
    public int AccessTokenExpireMinutes { get; init; } = 15;

    /// <summary>Longest life of a refresh token, days.</summary>
    [Range(1, 30)]
    public int RefreshTokenExpireDays { get; init; } = 7;

    /// <summary>Concurrent sessions of role <c>user</c>.</summary>
    [Range(1, 100)]
    public int SessionMaxConcurrentPerUser { get; init; } = 5;

    /// <summary>Idle limit of role <c>user</c>, minutes.</summary>
    [Range(5, 1440)]
    public int SessionIdleTimeoutMinutes { get; init; } = 30;

    /// <summary>Open challenges of one client address; more drop the oldest.</summary>
    [Range(1, 1000)]
    public int AuthChallengesPerClient { get; init; } = 20;

    public TimeSpan AccessTokenLife => TimeSpan.FromMinutes(AccessTokenExpireMinutes);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var longest = ChallengeText.Write(
            this, new string('T', 34), ChallengePurposes.SessionOwnership, Guid.Empty.ToString("D"), new string('0', 32), DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);
        if (longest.Length > ChallengeText.MaxLength)
        {
            yield return new ValidationResult(
                $"AUTH_DOMAIN and TRON_SIGNATURE_MESSAGE make challenges of up to {longest.Length} bytes; shorten them so that it is at most {ChallengeText.MaxLength}.");
        }
    }
}

/// <summary>The network named in challenges; nothing is asked of it.</summary>
public enum TronNetwork
{
    Shasta,
    Mainnet,
    Nile,
}
