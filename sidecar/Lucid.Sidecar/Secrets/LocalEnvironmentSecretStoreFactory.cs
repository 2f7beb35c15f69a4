using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Secrets;

/// <summary><c>secretstores.local.env</c>: variables of the sidecar's environment, but never Dapr's own tokens and settings.</summary>
public sealed class LocalEnvironmentSecretStoreFactory : IComponentFactory<ISecretStore>
{
    public string Type => "secretstores.local.env";

    public IReadOnlySet<string> Fields { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "prefix" };

    public ValueTask<ISecretStore> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISecretStore>(new EnvironmentSecretStore(definition["prefix"] ?? "", host));

    private sealed class EnvironmentSecretStore(string prefix, ComponentHost host) : ISecretStore
    {
        /// <summary>A variable that is absent or must stay hidden is an empty value, as daprd has it.</summary>
        public ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyDictionary<string, string>?>(new Dictionary<string, string>
            {
                [name] = EnvironmentAccess.Allows(name) && EnvironmentAccess.Allows(prefix + name)
                    ? host.EnvironmentVariable(prefix + name) ?? ""
                    : "",
            });

        public ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(CancellationToken cancellationToken)
        {
            var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>();
            foreach (var (variable, value) in host.EnvironmentVariables())
            {
                if (variable.StartsWith(prefix, StringComparison.Ordinal) && EnvironmentAccess.Allows(variable))
                {
                    var name = variable[prefix.Length..];
                    secrets[name] = new Dictionary<string, string> { [name] = value };
                }
            }

            return ValueTask.FromResult<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(secrets);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
