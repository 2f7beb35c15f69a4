using System.Net;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>Where a call goes: exactly one of callee and address is set.</summary>
/// <param name="Callee">An app whose sidecar is in this process.</param>
/// <param name="Address">host:port of a sidecar elsewhere.</param>
/// <param name="IsSelf">The caller's own app; access control and caller headers do not apply, as in daprd.</param>
internal readonly record struct InvocationRoute(InvocationTarget Target, InvocationCallee? Callee, string? Address, bool IsSelf);

/// <summary>One sidecar's view of whom it can call, and how calls to others are marked.</summary>
internal sealed class InvocationRoutes(InvocationCallee self, CallerIdentity? identity, SidecarDirectory directory, NameResolver names, InternalClient? client)
{
    private static readonly string HostName = Dns.GetHostName();

    public InvocationCallee Self => self;

    /// <summary>What this sidecar is known as to others of its process; null when authentication between sidecars is off.</summary>
    public CallerIdentity? Identity => identity;

    /// <exception cref="DaprApiException">The id is malformed or nobody answers to it.</exception>
    public InvocationRoute Resolve(string targetText)
    {
        if (targetText.StartsWith("http://", StringComparison.Ordinal) || targetText.StartsWith("https://", StringComparison.Ordinal))
        {
            throw new DaprApiException(InvocationErrors.Failed(targetText, StatusCode.Unimplemented, "invocation of URLs outside the mesh is not built in", 501));
        }

        var target = InvocationTarget.Parse(targetText, self.Id.Namespace);
        if (target == self.Id)
        {
            return new InvocationRoute(target, self, null, IsSelf: true);
        }

        if (directory.Find(target) is { } callee)
        {
            return new InvocationRoute(target, callee, null, IsSelf: false);
        }

        var address = names.Find(target, self.Id.Namespace)
            ?? throw InvocationErrors.Unreachable(targetText, $"couldn't find service: {targetText}");
        return client is null
            ? throw InvocationErrors.Unreachable(targetText, $"{targetText} is in another process, and this one has no certificate for calls between processes")
            : new InvocationRoute(target, null, address, IsSelf: false);
    }

    /// <summary>Marks a call to another app with where it comes from; what the client wrote there is replaced.</summary>
    public void Mark(HttpRequestMessage request, InvocationTarget target)
    {
        Forwarding.Set(request, Forwarding.CallerAppIdHeader, self.Id.AppId);
        Forwarding.Set(request, Forwarding.CallerNamespaceHeader, self.Id.Namespace);
        Forwarding.Set(request, Forwarding.CalleeAppIdHeader, target.AppId);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "127.0.0.1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", HostName);
        request.Headers.TryAddWithoutValidation("Forwarded", $"for=127.0.0.1;by=127.0.0.1;host={HostName}");
    }

    public Task<HttpResponseMessage> SendRemoteAsync(InvocationRoute route, HttpRequestMessage request, string path, string targetText, CancellationToken cancellationToken) =>
        client!.SendAsync(route.Target, route.Address!, request, path, targetText, cancellationToken);
}
