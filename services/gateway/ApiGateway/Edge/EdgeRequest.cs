using System.Net;
using Lucid.ApiGateway.Limits;
using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.ApiGateway.Edge;

/// <summary>What the steps of the pipeline learned about a request, for the steps after them.</summary>
internal sealed class EdgeRequest
{
    /// <summary>The route of the public table that serves it; null: none does.</summary>
    public PublicRoute? Route { get; init; }

    /// <summary>Path at the owner, escaped; set with <see cref="Route"/>.</summary>
    public string TargetPath { get; init; } = "";

    public IPAddress Client { get; set; } = IPAddress.None;

    /// <summary>Null: nobody is logged in.</summary>
    public UserContext? User { get; set; }

    /// <summary>The <c>error</c> parameter of a 401 (RFC 6750 §3.1).</summary>
    public string? Challenge { get; set; }

    /// <summary>The tightest limit met so far.</summary>
    public RateState? Rate { get; set; }

    public static EdgeRequest Of(HttpContext context) => context.Features.GetRequiredFeature<EdgeRequest>();
}
