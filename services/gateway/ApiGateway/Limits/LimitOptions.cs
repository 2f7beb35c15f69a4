using System.ComponentModel.DataAnnotations;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Limits;

/// <summary>Requests per rolling minute and tier (gateway §6). Unset values are those of production, or in development ones nobody meets.</summary>
internal sealed record LimitOptions
{
    /// <summary>Default: true, in development false. Production refuses false.</summary>
    public bool? RateLimitEnabled { get; init; }

    /// <summary>Per client address without a credential; default 100, in development 10000.</summary>
    [Range(1, 1_000_000)]
    [EnvironmentName("RATE_LIMIT_PUBLIC_REQ_PER_MIN")]
    public int? PublicPerMinute { get; init; }

    /// <summary>Per user; default 1000, in development 100000.</summary>
    [Range(1, 1_000_000)]
    [EnvironmentName("RATE_LIMIT_AUTH_REQ_PER_MIN")]
    public int? UserPerMinute { get; init; }

    /// <summary>Per node operator; default 5000, in development 100000.</summary>
    [Range(1, 1_000_000)]
    [EnvironmentName("RATE_LIMIT_NODE_REQ_PER_MIN")]
    public int? NodePerMinute { get; init; }

    /// <summary>Per administrator; default 10000, in development 1000000.</summary>
    [Range(1, 1_000_000)]
    [EnvironmentName("RATE_LIMIT_ADMIN_REQ_PER_MIN")]
    public int? AdminPerMinute { get; init; }

    /// <summary>StackExchange.Redis or <c>redis://</c> address; unset: limits and deny-list live in this process.</summary>
    [Secret]
    public string? RedisUri { get; init; }
}
