using System.Text.Json;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Proxy;

/// <summary>Why an owner gave no answer of its own.</summary>
internal enum UpstreamFault
{
    /// <summary>The sidecar or the wall refused: a mistake between us, nothing of the user's.</summary>
    Refused,

    /// <summary>The owner or the sidecar cannot be reached.</summary>
    Unreachable,
    TimedOut,
    CircuitOpen,
}

internal static class UpstreamFaults
{
    private static readonly string[] WallReasons = ["sidecar_token", "caller_not_allowed", "sidecar_only", "caller_missing", "caller_ambiguous"];

    /// <summary>Reads the body of an error answer: the sidecar's own errors and refusals of the second wall are faults; null: the owner's answer.</summary>
    public static UpstreamFault? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            if (root.TryGetProperty("errorCode", out var code) && code.ValueKind == JsonValueKind.String)
            {
                return OfSidecar(root.TryGetProperty("message", out var message) ? message.ToString() : "");
            }

            return root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
                && details.TryGetProperty("reason", out var reason) && WallReasons.Contains(reason.ToString())
                ? UpstreamFault.Refused
                : null;
        }
        catch (JsonException)
        {
            return null; // not one of ours; it passes as it is
        }
    }

    public static IResult ToResult(this UpstreamFault fault, string app, TimeSpan? retryAfter = null)
    {
        var wait = retryAfter ?? TimeSpan.FromSeconds(5);
        var isChain = app is AppIds.BlockchainEngine or AppIds.SessionAnchoring;
        return fault switch
        {
            UpstreamFault.TimedOut => LucidResults.Error(LucidErrors.Timeout, "The answer took too long; ask again.", "upstream_timeout"),
            UpstreamFault.Refused => LucidResults.Error(LucidErrors.Upstream, "The service behind did not accept the call; report the request id if it stays.", "upstream_refused"),
            _ when isChain => LucidResults.Error(LucidErrors.ChainDown, "The chain does not answer at the moment; try again.", "chain_unavailable", retryAfter: wait),
            UpstreamFault.CircuitOpen => LucidResults.Error(LucidErrors.CircuitOpen, "The service behind has failed repeatedly; try again later.", "circuit_open", retryAfter: wait),
            _ => LucidResults.Error(LucidErrors.Unavailable, "The service behind does not answer at the moment; try again.", "upstream_unavailable", retryAfter: wait),
        };
    }

    // The status inside is gRPC's, in daprd's wording.
    private static UpstreamFault OfSidecar(string message) =>
        message.Contains("circuit breaker is open", StringComparison.Ordinal) ? UpstreamFault.CircuitOpen
        : message.Contains("code = DeadlineExceeded", StringComparison.Ordinal) || message.Contains("deadline exceeded", StringComparison.Ordinal) ? UpstreamFault.TimedOut
        : message.Contains("code = Unavailable", StringComparison.Ordinal) || message.Contains("not in a healthy state", StringComparison.Ordinal)
            || message.Contains("couldn't find service", StringComparison.Ordinal) ? UpstreamFault.Unreachable
        : UpstreamFault.Refused;
}
