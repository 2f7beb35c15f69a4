using System.ComponentModel.DataAnnotations;
using System.Net;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

/// <summary>Where the edge listens and whom it believes.</summary>
internal sealed record EdgeOptions : IValidatableObject
{
    /// <summary>Host names without a port; empty admits any, which production refuses.</summary>
    public string[] AllowedHosts { get; init; } = [];

    /// <summary>Origins a browser may call from, as <c>scheme://host[:port]</c>; empty: none.</summary>
    public string[] CorsOrigins { get; init; } = [];

    /// <summary>CIDR blocks whose <c>X-Forwarded-For</c> is believed; empty: nobody's.</summary>
    public string[] TrustedProxies { get; init; } = [];

    [Range(0, 65535)]
    public int HttpsPort { get; init; } = 8081;

    /// <summary>PEM certificate with its chain; HTTPS is served when both paths are set.</summary>
    public string? SslCertPath { get; init; }

    /// <summary>PEM private key of the certificate.</summary>
    public string? SslKeyPath { get; init; }

    public bool HasTls => !string.IsNullOrEmpty(SslCertPath) && !string.IsNullOrEmpty(SslKeyPath);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var block in TrustedProxies.Where(block => !IPNetwork.TryParse(block, out _)))
        {
            yield return new($"TRUSTED_PROXIES: '{block}' is not a CIDR block; accepted is a list such as 10.0.0.0/8,fd00::/8.");
        }

        foreach (var origin in CorsOrigins.Where(origin => origin != "*" && !IsOrigin(origin)))
        {
            yield return new($"CORS_ORIGINS: '{origin}' is not an origin; accepted is a list such as https://app.example.org.");
        }

        if (string.IsNullOrEmpty(SslCertPath) != string.IsNullOrEmpty(SslKeyPath))
        {
            yield return new("SSL_CERT_PATH and SSL_KEY_PATH: set both, or none to serve HTTP only.");
        }
        else if (HasTls && !(File.Exists(SslCertPath) && File.Exists(SslKeyPath)))
        {
            yield return new("SSL_CERT_PATH and SSL_KEY_PATH: must name readable PEM files.");
        }
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == origin;
}
