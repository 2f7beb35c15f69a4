using System.Net;

namespace Lucid.ApiGateway.Edge;

/// <summary>
/// Step 6: the address limits count by. <c>X-Forwarded-For</c> is read from the right, past the proxies of <c>TRUSTED_PROXIES</c>; the
/// first address that none of them owns is the client. What is further left is the client's own claim.
/// </summary>
internal sealed class ClientAddress(RequestDelegate next, EdgeOptions options)
{
    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies.Select(IPNetwork.Parse)];

    public Task InvokeAsync(HttpContext context)
    {
        EdgeRequest.Of(context).Client = Find(context.Connection.RemoteIpAddress ?? IPAddress.None, context.Request.Headers["X-Forwarded-For"]);
        return next(context);
    }

    internal IPAddress Find(IPAddress peer, IEnumerable<string?> forwarded)
    {
        var address = Plain(peer);
        var hops = forwarded.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).Reverse();
        foreach (var hop in hops)
        {
            if (!_trusted.Any(network => network.Contains(address)) || !IPAddress.TryParse(hop, out var before))
            {
                break;
            }

            address = Plain(before);
        }

        return address;
    }

    /// <summary>What limits count by: an IPv4 address, the /64 of an IPv6 address.</summary>
    internal static string KeyOf(IPAddress address)
    {
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
