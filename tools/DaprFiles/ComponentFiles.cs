using System.Text;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;

namespace Lucid.DaprFiles;

/// <summary>components/{local,redis,production}: the same names everywhere, scoped to the apps that need them.</summary>
internal static class ComponentFiles
{
    private static readonly string[] WithActors = ["state-sessions", "state-rdp", "state-auth"];

    public static IEnumerable<GeneratedFile> All()
    {
        foreach (var store in ServiceTable.All.Select(service => service.StateStore).Distinct())
        {
            var sqlite = Component(store, "state.sqlite", [("connectionString", $"../.lucid/state/{store}.db"), .. Actors(store)], StateScopes(store));
            yield return new($"components/local/{store}.yaml", sqlite);
            yield return new($"components/redis/{store}.yaml", sqlite);
            yield return new($"components/production/{store}.yaml", Component(store, "state.mongodb", [.. MongoState(store), .. Actors(store)], StateScopes(store), SecretStore(store)));
        }

        foreach (var pubsub in (string[])[ComponentNames.PubSub, ComponentNames.WalletPubSub])
        {
            var topics = TopicFields(pubsub);
            yield return new($"components/local/{pubsub}.yaml", Component(pubsub, "pubsub.lucid", [("path", $"../.lucid/broker/{pubsub}"), .. topics], PubSubScopes(pubsub)));
            yield return new($"components/redis/{pubsub}.yaml", Component(pubsub, "pubsub.redis", [("redisHost", "127.0.0.1:6379"), .. topics], PubSubScopes(pubsub)));
            yield return new(
                $"components/production/{pubsub}.yaml",
                Component(pubsub, "pubsub.redis", [.. RedisBroker(pubsub), .. topics], PubSubScopes(pubsub), SecretsOf(pubsub == ComponentNames.WalletPubSub)));
        }

        foreach (var secrets in (string[])[ComponentNames.Secrets, ComponentNames.WalletSecrets])
        {
            var wallet = secrets == ComponentNames.WalletSecrets;
            var file = wallet ? "wallet-secrets.json" : "secrets.json";
            var text = Component(secrets, "secretstores.local.file", [("secretsFile", $"../.lucid/{file}"), ("nestedSeparator", ":")], SecretScopes(wallet));
            yield return new($"components/local/{secrets}.yaml", text);
            yield return new($"components/redis/{secrets}.yaml", text);
            yield return new(
                $"components/production/{secrets}.yaml",
                Component(secrets, "secretstores.local.file", [("secretsFile", $"/run/secrets/{file}"), ("nestedSeparator", ":")], SecretScopes(wallet)));
        }
    }

    private static string Component(
        string name, string type, IReadOnlyList<(string Name, string Value)> metadata, IReadOnlyList<string> scopes, string? secretStore = null)
    {
        var yaml = new StringBuilder()
            .Append("apiVersion: dapr.io/v1alpha1\nkind: Component\n")
            .Append($"metadata:\n  name: {name}\nspec:\n  type: {type}\n  version: v1\n  metadata:\n");
        foreach (var (field, value) in metadata)
        {
            yaml.Append(value.StartsWith("secret:", StringComparison.Ordinal)
                ? $"    - {{ name: {field}, secretKeyRef: {{ name: {value[7..]}, key: {value[7..]} }} }}\n"
                : $"    - {{ name: {field}, value: \"{value}\" }}\n");
        }

        if (secretStore is not null)
        {
            yaml.Append($"auth:\n  secretStore: {secretStore}\n");
        }

        return yaml.Append("scopes:\n").AppendJoin("", scopes.Select(scope => $"  - {scope}\n")).ToString();
    }

    private static IEnumerable<(string, string)> Actors(string store) =>
        WithActors.Contains(store) ? [("actorStateStore", "true")] : [];

    private static IReadOnlyList<(string, string)> MongoState(string store) =>
    [
        ("host", store == "state-tron" ? "lucid-wallet-mongodb:27017" : "lucid-mongodb:27017"),
        ("username", "secret:mongodb-username"),
        ("password", "secret:mongodb-password"),
        ("databaseName", store == "state-blockchain" ? "lucid_blocks" : "lucid"),
        ("collectionName", store.Replace('-', '_')),
        ("params", "?replicaSet=rs0&authSource=admin"),
        ("writeConcern", "majority"),
        ("readConcern", "majority"),
        ("operationTimeout", "30s"),
    ];

    private static IReadOnlyList<(string, string)> RedisBroker(string pubsub) =>
    [
        ("redisHost", pubsub == ComponentNames.WalletPubSub ? "lucid-wallet-redis:6379" : "lucid-redis:6379"),
        ("redisPassword", "secret:redis-password"),
    ];

    private static string SecretStore(string stateStore) => SecretsOf(stateStore == "state-tron");

    private static string SecretsOf(bool wallet) => wallet ? ComponentNames.WalletSecrets : ComponentNames.Secrets;

    private static IReadOnlyList<string> StateScopes(string store) =>
        [.. ServiceTable.All.Where(service => service.StateStore == store).Select(service => service.AppId)];

    private static IReadOnlyList<string> PubSubScopes(string pubsub) =>
        [.. ServiceTable.All.Select(service => service.AppId).Where(appId => TopicTable.All.Any(rule => rule.Component == pubsub && (rule.Publishers.Contains(appId) || rule.Subscribers.Contains(appId))))];

    private static IReadOnlyList<string> SecretScopes(bool wallet) =>
        [.. ServiceTable.All.Where(service => wallet == (service.Namespace == Namespaces.Wallet)).Select(service => service.AppId),
         .. wallet ? (string[])[] : [AppIds.PaymentGateway]];

    /// <summary>Every topic is protected, its dead-letter topic too, and each app is listed with exactly its topics; an app without a topic is listed with none.</summary>
    private static IReadOnlyList<(string, string)> TopicFields(string pubsub)
    {
        var rules = TopicTable.All.Where(rule => rule.Component == pubsub).ToList();
        var apps = PubSubScopes(pubsub);
        return
        [
            ("protectedTopics", string.Join(",", rules.SelectMany(rule => (string[])[rule.Topic, Topics.DeadLetter(rule.Topic)]))),
            ("publishingScopes", string.Join(";", apps.Select(app => $"{app}={string.Join(",", Published(rules, app))}"))),
            ("subscriptionScopes", string.Join(";", apps.Select(app => $"{app}={string.Join(",", rules.Where(rule => rule.Subscribers.Contains(app)).Select(rule => rule.Topic))}"))),
        ];
    }

    // A subscriber's own sidecar writes what its handler gave up on.
    private static IEnumerable<string> Published(IReadOnlyList<TopicRule> rules, string app) =>
        rules.Where(rule => rule.Publishers.Contains(app)).Select(rule => rule.Topic)
            .Concat(rules.Where(rule => rule.Subscribers.Contains(app)).Select(rule => Topics.DeadLetter(rule.Topic)));
}
