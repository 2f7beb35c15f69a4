using System.Net;
using System.Net.Sockets;
using Lucid.Contracts;
using Lucid.Contracts.Services;

namespace Lucid.AuthService.Domain;

/// <summary>Whose request this is, as far as the gateway tells.</summary>
/// <param name="Key">What limits count by: the IPv4 address, the /64 of an IPv6 address, or <c>unknown</c>.</param>
/// <param name="Prefix">What is stored and shown: /24 or /48; null when unknown.</param>
internal sealed record ClientAddress(string Key, string? Prefix)
{
    public static ClientAddress Unknown { get; } = new("unknown", null);

    public static ClientAddress Of(HttpRequest request) =>
        request.Headers[LucidHeaders.DaprCallerAppId] is [AppIds.ApiGateway] && request.Headers[LucidHeaders.ClientAddress] is [{ } text]
            ? Parse(text)
            : Unknown;

    public static ClientAddress Parse(string text)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            return Unknown;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetwork
            ? new(address.ToString(), $"{Cut(address, 3)}/24")
            : new($"{Cut(address, 8)}/64", $"{Cut(address, 6)}/48");
    }

    private static IPAddress Cut(IPAddress address, int bytes)
    {
        var raw = address.GetAddressBytes();
        raw.AsSpan(bytes).Clear();
        return new IPAddress(raw);
    }
}
