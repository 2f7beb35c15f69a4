using System.Text;
using System.Text.Json;

namespace Lucid.Sidecar.Resources;

/// <summary>kind Configuration, dapr.io/v1alpha1.</summary>
internal static class ConfigurationParser
{
    private const string Kind = "Configuration";

    public static ConfigurationResource Parse(YamlNode document) => FieldReader.Read(document, Kind, root =>
    {
        _ = (root.Take("apiVersion"), root.Take("kind"));
        var (name, _) = ResourceMetadata.Read(root, required: true);
        var configuration = new ConfigurationResource(name!, root.Location);
        return root.Object("spec", spec => Spec(spec, configuration)) ?? configuration;
    });

    private static ConfigurationResource Spec(FieldReader spec, ConfigurationResource configuration)
    {
        var api = spec.Object("api", api => new { Allowed = api.Objects("allowed", Api), Denied = api.Objects("denied", Api) });
        return configuration with
        {
            AccessControl = spec.Object("accessControl", AccessControl),
            Tracing = spec.Object("tracing", TracingParser.Parse) ?? configuration.Tracing,
            Metrics = spec.Object("metrics", Metrics) ?? spec.Object("metric", Metrics) ?? configuration.Metrics,
            SecretScopes = spec.Object("secrets", secrets => secrets.Objects("scopes", scope => new SecretScope(
                scope.RequiredText("storeName"),
                scope.Choice("defaultAccess", "allow", "deny") ?? "allow",
                scope.TextList("allowedSecrets"),
                scope.TextList("deniedSecrets")))) ?? [],
            ApiAllowed = api?.Allowed ?? [],
            ApiDenied = api?.Denied ?? [],
            DeniedComponents = spec.Object("components", components => components.TextList("deny")) ?? [],
            MtlsEnabled = spec.Object("mtls", Mtls)?.Enabled,
            NameResolution = spec.Object("nameResolution", NameResolution),
        };
    }

    /// <summary>A policy must say whom it is for: daprd refuses to start otherwise, and so do we.</summary>
    private static AccessControlSpec AccessControl(FieldReader accessControl) => new(
        accessControl.Text("defaultAction"),
        accessControl.Text("trustDomain"),
        accessControl.Objects("policies", policy => new AccessPolicy(
            policy.RequiredText("appId"),
            policy.RequiredText("trustDomain"),
            policy.RequiredText("namespace"),
            policy.Text("defaultAction"),
            policy.Objects("operations", operation => new AccessOperation(
                operation.RequiredText("name"), operation.TextList("httpVerb"), operation.Text("action"), operation.Location)),
            policy.Location)),
        accessControl.Location);

    private static MetricsSpec Metrics(FieldReader metrics)
    {
        var highCardinality = metrics.Object("http", http =>
        {
            if (http.TextList("pathMatching").Count > 0)
            {
                throw http.Error("pathMatching", "is not supported by the embedded runtime unless it is empty");
            }

            return http.Bool("increasedCardinality") is true ? "yes" : "no";
        }) == "yes";
        return new MetricsSpec(metrics.Bool("enabled") ?? true, highCardinality, metrics.Bool("recordErrorCodes") ?? false);
    }

    private static ApiRule Api(FieldReader rule) =>
        new(rule.RequiredText("name"), rule.RequiredText("version"), rule.Choice("protocol", "http", "grpc") ?? throw rule.Error("protocol", "is required"));

    /// <summary>There is no control plane here: its address and lifetimes are checked and have no effect.</summary>
    private static MtlsSwitch Mtls(FieldReader mtls)
    {
        _ = (mtls.Duration("workloadCertTTL"), mtls.Duration("allowedClockSkew"), mtls.Text("sentryAddress"), mtls.Text("controlPlaneTrustDomain"));
        return new MtlsSwitch(mtls.Bool("enabled"));
    }

    private sealed record MtlsSwitch(bool? Enabled);

    private static NameResolutionSpec NameResolution(FieldReader resolution)
    {
        _ = resolution.Text("version");
        var configuration = resolution.Take("configuration") switch
        {
            null => [],
            YamlMapping mapping => mapping.Fields.ToDictionary(field => field.Key, field => AsText(field.Value), StringComparer.Ordinal),
            _ => throw resolution.Error("configuration", "must be a mapping"),
        };
        return new NameResolutionSpec(resolution.RequiredText("component"), configuration);
    }

    /// <summary>A scalar as written; anything deeper as JSON.</summary>
    private static string AsText(YamlNode node)
    {
        if (node is YamlScalar scalar)
        {
            return scalar.Value;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            node.WriteJson(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
