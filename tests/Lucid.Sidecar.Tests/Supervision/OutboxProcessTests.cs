using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Tests.Hosting;
using Lucid.Sidecar.Tests.Resources;

namespace Lucid.Sidecar.Tests.Supervision;

/// <summary>A state store with an outbox, on disk, in sidecars that are killed.</summary>
public sealed class OutboxProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        client.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task What_a_transaction_wrote_is_published_whenever_the_sidecar_is_killed_and_what_it_did_not_is_not()
    {
        Write("outboxPublishTopic: orders", "outboxPublishPubsub: broker", "outboxDiscardWhenMissingState: \"true\"");
        await using var app = await TestApp.StartAsync();
        var committed = new ConcurrentBag<string>();
        for (var life = 0; life < 3; life++)
        {
            var (process, http) = await StartAsync(FreePorts.Take()); // an app that is not there: nothing is delivered before the last life
            await using (process)
            {
                // Eight callers write until the sidecar dies in the middle of what they do.
                var callers = Enumerable.Range(0, 8).Select(caller => WriteUntilDeathAsync(http, $"{life}-{caller}", committed)).ToList();
                await Condition.HoldsAsync(() => committed.Count >= (life + 1) * 40, () => "40 transactions");
                process.Kill();
                await Task.WhenAll(callers);
            }
        }

        var (last, port) = await StartAsync(app.Port);
        await using (last)
        {
            var expected = committed.ToHashSet();
            await Condition.HoldsAsync(() => expected.IsSubsetOf(Published(app)), () => $"{expected.Except(Published(app)).Count()} of {expected.Count} events");
            foreach (var extra in Published(app).Except(expected)) // answered to nobody, but written all the same
            {
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"http://127.0.0.1:{port}/v1.0/state/store/{extra}", TestContext.Current.CancellationToken)).StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("field outboxPublishTopic is required", "outboxPublishPubsub: broker")]
    [InlineData("field outboxPublishPubsub is required", "outboxPublishTopic: orders")]
    [InlineData("field outboxPublishPubsub: store names elsewhere, and the app has no such pub/sub component; it has: broker", "outboxPublishTopic: orders", "outboxPublishPubsub: elsewhere")]
    [InlineData("field outboxPubsub: store names elsewhere", "outboxPublishTopic: orders", "outboxPublishPubsub: broker", "outboxPubsub: elsewhere")]
    public async Task An_outbox_that_cannot_work_is_refused_with_its_file(string message, params string[] metadata)
    {
        Write(metadata);
        var (code, output) = await SidecarProcess.RunAsync(folder.Path, Arguments(FreePorts.Take(), FreePorts.Take()));
        Assert.NotEqual(0, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Contains("components.yaml:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static HashSet<string> Published(TestApp app) => [.. app.Requests.Where(request => request.Path == "/orders").Select(request =>
    {
        using var document = JsonDocument.Parse(request.Body);
        return document.RootElement.GetProperty("data").GetString()!;
    })];

    private async Task WriteUntilDeathAsync(int port, string caller, ConcurrentBag<string> committed)
    {
        for (var i = 0; ; i++)
        {
            var key = $"{caller}-{i}";
            try
            {
                using var body = new StringContent($$"""{ "operations": [ { "operation": "upsert", "request": { "key": "{{key}}", "value": "{{key}}" } } ] }""", Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync($"http://127.0.0.1:{port}/v1.0/state/store/transaction", body, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
                committed.Add(key);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private async Task<(SidecarProcess Process, int Http)> StartAsync(int appPort)
    {
        var http = FreePorts.Take();
        var process = SidecarProcess.Start(folder.Path, Arguments(http, appPort));
        await process.PrintsAsync("sidecar of shop listens");
        return (process, http);
    }

    private string[] Arguments(int http, int appPort) =>
    [
        "--app-id", "shop", "--app-port", $"{appPort}", "--dapr-http-port", $"{http}", "--dapr-grpc-port", $"{FreePorts.Take()}", "--metrics-port", $"{FreePorts.Take()}",
        "--resources-path", Path.Combine(folder.Path, "resources"), "--lucid-dir", Path.Combine(folder.Path, ".lucid"),
    ];

    private void Write(params string[] outbox)
    {
        var metadata = string.Join('\n', outbox.Select(field => field.Split(": ")).Select(pair => $"    - {{ name: {pair[0]}, value: {pair[1]} }}"));
        folder.Write("resources/components.yaml", $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: broker }
            spec:
              type: pubsub.lucid
              version: v1
              metadata:
                - { name: path, value: "{{Path.Combine(folder.Path, "broker")}}" }
                - { name: redeliverInterval, value: 200ms }
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: store }
            spec:
              type: state.sqlite
              version: v1
              metadata:
                - { name: connectionString, value: "{{Path.Combine(folder.Path, "state.db")}}" }
            {{metadata}}
            ---
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: { name: orders }
            spec:
              pubsubname: broker
              topic: orders
              routes: { default: /orders }
            """);
    }
}
