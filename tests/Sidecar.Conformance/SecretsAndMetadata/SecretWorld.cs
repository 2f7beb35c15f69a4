using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.SecretsAndMetadata;

/// <summary>
/// Secret stores <c>file</c>, <c>multi</c> and <c>env</c>, seen by an app without scopes and by one that may read little of them; an app without stores.
/// </summary>
public sealed class SecretWorld : World
{
    public const string HiddenVariable = "DAPR_CONFORMANCE_HIDDEN";

    private const string Scopes = """
        secrets:
          scopes:
            - storeName: file
              defaultAccess: deny
              allowedSecrets: [plain]
            - storeName: multi
              defaultAccess: allow
              deniedSecrets: [database]
        """;

    private const string Elsewhere = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: elsewhere
          namespace: another-land
        spec:
          type: state.in-memory
          version: v1
          metadata: []
        """;

    private const string Referring = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: referring
        auth:
          secretStore: file
        spec:
          type: state.sqlite
          version: v1
          metadata:
            - name: connectionString
              secretKeyRef:
                name: databaseFile
        """;

    public SidecarSpec Open { get; private set; } = null!;

    public SidecarSpec Scoped { get; private set; } = null!;

    public SidecarSpec Bare { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable(HiddenVariable, "hidden");
        var variables = new Dictionary<string, string> { [HiddenVariable] = "hidden", ["APP_API_TOKEN"] = "hidden too" };
        Folder.Write("secrets.json", $$"""{"plain":"value","a":{"b":"nested"},"databaseFile":"{{Folder.Data("secret.db")}}"}""")
            .Write("multi.json", """{"database":{"user":"u","password":"p"},"other":{"key":"k"}}""")
            .Add("file", "secretstores.local.file", metadata: [("secretsFile", Folder.Data("secrets.json")), ("nestedSeparator", ":")])
            .Add("multi", "secretstores.local.file", metadata: [("secretsFile", Folder.Data("multi.json")), ("multiValued", "true")])
            .Add("env", "secretstores.local.env")
            .Add("foreign", "state.in-memory", scopes: "another-app")
            .Write("elsewhere.yaml", Elsewhere)
            .Write("referring.yaml", Referring);
        Open = await SidecarAsync(new SidecarSpec("secrets-open") { Environment = variables });
        Scoped = await SidecarAsync(new SidecarSpec("secrets-scoped") { Environment = variables, Configuration = Configuration(Scopes) });
        Bare = await SidecarAsync(new SidecarSpec("secrets-none") { Resources = NewFolder().Path });
    }
}
