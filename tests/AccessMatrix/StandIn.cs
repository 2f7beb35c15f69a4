using System.Text.RegularExpressions;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Lucid.AccessMatrix;

/// <summary>
/// An app in the place of one of the service table: the pipeline that every service has, with the real matrix, and behind it every template
/// of the app with every verb. What gets through the second wall is counted and answered with the template it reached. It also subscribes to every
/// topic and hosts an actor type called like itself, as an app would that somebody has broken into.
/// </summary>
internal sealed partial class StandIn : IAsyncDisposable
{
    /// <summary>Header of the answer: the template that was reached.</summary>
    public const string Reached = "x-reached";

    public static readonly string[] Verbs = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];

    public static readonly string[] Brokers = [ComponentNames.PubSub, ComponentNames.WalletPubSub];

    /// <summary>What no rule names: a path of its own, one below a listed one, and what only the own sidecar may call.</summary>
    private static readonly string[] Unlisted = ["/unlisted", "/internal/v1/unlisted/{id}", "/internal/self/tick", "/actors/{type}/{id}/method/{method}", "/dapr/unlisted"];

    private readonly WebApplication application;
    private int reached;

    private StandIn(WebApplication application, ServiceDescription service) => (this.application, Service) = (application, service);

    public ServiceDescription Service { get; }

    public string AppToken { get; private init; } = "";

    public int Port => new Uri(application.Urls.First()).Port;

    /// <summary>Requests that got through the second wall.</summary>
    public int ReachedCount => Volatile.Read(ref reached);

    /// <summary>Templates that a rule of the matrix names for this app, in one spelling of parameters.</summary>
    public IReadOnlyList<string> Templates { get; private init; } = [];

    public static async Task<StandIn> StartAsync(ServiceDescription service, string appToken)
    {
        var builder = LucidService.CreateBuilder(
            ["--ENVIRONMENT=development", "--PORT=0", "--APP_PORT=0", $"--APP_API_TOKEN={appToken}", "--LOG_LEVEL=ERROR", "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9"], service.AppId);
        builder.Logging.ClearProviders();
        var application = builder.Build();
        application.UseLucidDefaults();
        var app = new StandIn(application, service)
        {
            AppToken = appToken,
            Templates = [.. AllowMatrix.For(service.AppId).Select(rule => Spelling(rule.Template)).Distinct().Order(StringComparer.Ordinal)],
        };
        foreach (var template in app.Templates.Concat(Unlisted.Select(Spelling)).Distinct())
        {
            application.MapMethods(template, Verbs, context => app.AnswerAsync(context, template));
        }

        foreach (var topic in TopicTable.All.Select(rule => rule.Topic))
        {
            foreach (var broker in Brokers)
            {
                application.MapTopic(broker, topic, () => { }, $"/subscriptions/{broker}/{topic}");
            }
        }

        application.MapGet("/dapr/config", () => new { entities = new[] { service.AppId } });
        await application.StartAsync();
        return app;
    }

    /// <summary>Parameters named by their place, so that two rules that name them differently are one template.</summary>
    public static string Spelling(string template)
    {
        var place = 0;
        return Parameter().Replace(template, match => match.Value.StartsWith("{*", StringComparison.Ordinal) ? "{**rest}" : $"{{p{place++}}}");
    }

    /// <summary>A path that the template serves and no other one that has a literal in the place of a parameter.</summary>
    public static string PathOf(string template) => Parameter().Replace(template, match => match.Value.StartsWith("{*", StringComparison.Ordinal) ? "some/rest" : "some");

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private Task AnswerAsync(HttpContext context, string template)
    {
        Interlocked.Increment(ref reached);
        context.Response.Headers[Reached] = template;
        return context.Response.WriteAsync(template);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
