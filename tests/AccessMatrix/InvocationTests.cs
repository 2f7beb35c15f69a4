using System.Collections.Concurrent;
using System.Net;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.AccessMatrix;

/// <summary>Who may call whom, with the policies, walls and tokens of a real run.</summary>
public class InvocationTests(Plane plane) : IClassFixture<Plane>
{
    /// <summary>Every caller, every callee, every template of the callee, every verb, by the plain id and by the id with namespace.</summary>
    [Fact]
    public async Task Every_pair_reaches_exactly_what_the_matrix_lists()
    {
        var wrong = new ConcurrentBag<string>();
        var calls = from caller in ServiceTable.All
            from callee in ServiceTable.All
            from address in (string[])[callee.AppId, $"{callee.AppId}.{callee.Namespace}"]
            from template in plane[callee.AppId].Templates.Append("/unlisted")
            from verb in StandIn.Verbs
            select (caller, callee, address, template, verb);
        var before = plane.ReachedCount;
        var reached = 0;
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, _) =>
        {
            // A plain id means the caller's own namespace, and nobody calls itself through the sidecar.
            var isAddress = call.caller.Namespace == call.callee.Namespace || call.address.Contains('.', StringComparison.Ordinal);
            var expected = isAddress && call.caller != call.callee && Plane.Allows(call.caller.AppId, call.callee.AppId, call.verb, call.template);
            var answer = await plane.InvokeAsync(call.caller.AppId, call.address, call.verb, StandIn.PathOf(call.template));
            if (answer.Reached is not null)
            {
                Interlocked.Increment(ref reached);
            }

            if (expected ? answer.Reached != call.template : !IsRefused(call.caller.AppId, call.callee.AppId, isAddress, call.verb, call.template, answer))
            {
                wrong.Add($"{call.caller.AppId} -> {call.address} {call.verb} {call.template}: {(expected ? "expected" : "refused")}, {(int)answer.Status} {answer.Reached} {answer.Body}");
            }
        });

        Assert.Empty(wrong);
        Assert.Equal(reached, plane.ReachedCount - before); // a refused request did not reach the app behind the answer's back
        Assert.True(reached >= AllowMatrix.All.Count);
    }

    /// <summary>The second wall alone, as if every sidecar let everything through.</summary>
    [Fact]
    public async Task The_second_wall_lets_through_exactly_what_the_matrix_lists()
    {
        var wrong = new ConcurrentBag<string>();
        var calls = from caller in ServiceTable.All
            from callee in ServiceTable.All
            from template in plane[callee.AppId].Templates.Append("/unlisted").Append("/actors/some/some/method/some").Append("/dapr/subscribe")
            from verb in StandIn.Verbs
            from space in (string[])[Namespaces.Main, Namespaces.Wallet]
            select (caller, callee, template, verb, space);
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, _) =>
        {
            var expected = call.space == call.caller.Namespace && Plane.Allows(call.caller.AppId, call.callee.AppId, call.verb, call.template);
            var answer = await plane.SendAsync(plane[call.callee.AppId].Port, call.verb, StandIn.PathOf(call.template),
            [
                (LucidHeaders.DaprApiToken, Plane.AppToken(call.callee.AppId)), (LucidHeaders.DaprCallerAppId, call.caller.AppId),
                (LucidHeaders.DaprCallerNamespace, call.space),
            ]);
            if (expected ? answer.Reached != call.template : answer.Reached is not null || answer.Status is not (HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed))
            {
                wrong.Add($"{call.caller.AppId} ({call.space}) -> {call.callee.AppId} {call.verb} {call.template}: {(expected ? "expected" : "refused")}, {answer}");
            }
        });

        Assert.Empty(wrong);
    }

    /// <summary>However a path is written: what is served is what the matrix lists for the caller.</summary>
    [Fact]
    public async Task No_spelling_of_a_path_reaches_what_the_matrix_does_not_list()
    {
        var wrong = new ConcurrentBag<string>();
        var through = 0;
        var calls = from rule in Spellings.OnePerOperation(AllowMatrix.All, rule => (rule.Caller, rule.Callee, rule.Operation))
            from path in plane.SpellingsBeside(rule)
            select (rule, path);
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, _) =>
        {
            var answer = await plane.InvokeAsync(call.rule.Caller, AppId.From(call.rule.Caller, call.rule.Callee), call.rule.Verb, call.path);
            if (answer.Reached is { } template)
            {
                Interlocked.Increment(ref through);
                if (!Plane.Allows(call.rule.Caller, call.rule.Callee, call.rule.Verb, template))
                {
                    wrong.Add($"{call.rule.Caller} -> {call.rule.Callee} {call.rule.Verb} {call.path}: reached {template}");
                }
            }
        });

        Assert.Empty(wrong);
        Assert.True(through > 0); // the harmless spellings of a listed path are served, so the others were not refused for another reason
    }

    /// <summary>Headers that name an allowed caller, sent by one that is not.</summary>
    [Fact]
    public async Task A_caller_is_not_who_its_headers_say()
    {
        var wrong = new ConcurrentBag<string>();
        var before = plane.ReachedCount;
        var calls = from rule in AllowMatrix.All
            from stranger in Plane.AppIds
            where stranger != rule.Callee // to itself an app may say what it likes: it has the app's token anyway
            where !Plane.Allows(stranger, rule.Callee, rule.Verb, StandIn.Spelling(rule.Template))
            select (rule, stranger);
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (call, _) =>
        {
            var answer = await plane.InvokeAsync(
                call.stranger, AppId.From(call.stranger, call.rule.Callee), call.rule.Verb, StandIn.PathOf(call.rule.Template),
                (LucidHeaders.DaprCallerAppId, call.rule.Caller), (LucidHeaders.DaprCallerNamespace, ServiceTable.Get(call.rule.Caller).Namespace));
            if (answer.Reached is not null)
            {
                wrong.Add($"{call.stranger} as {call.rule.Caller} -> {call.rule.Callee} {call.rule.Verb} {call.rule.Template}");
            }
        });

        Assert.Empty(wrong);
        Assert.Equal(before, plane.ReachedCount);
    }

    [Fact]
    public async Task A_sidecar_serves_its_own_app_only()
    {
        var before = plane.ReachedCount;
        foreach (var rule in AllowMatrix.All.DistinctBy(rule => rule.Caller))
        {
            var target = $"/v1.0/invoke/{AppId.From(rule.Caller, rule.Callee)}/method{StandIn.PathOf(rule.Template)}";
            foreach (var token in (string?[])[null, "", "wrong", .. Plane.AppIds.Where(other => other != rule.Caller).Select(Plane.ApiToken), Plane.AppToken(rule.Caller)])
            {
                var answer = await plane.SendAsync(plane.HttpPort(rule.Caller), rule.Verb, target, token is null ? [] : [(LucidHeaders.DaprApiToken, token)]);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            }
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    [Fact]
    public async Task An_app_answers_its_own_sidecar_only()
    {
        var before = plane.ReachedCount;
        foreach (var rule in AllowMatrix.All.DistinctBy(rule => rule.Callee))
        {
            (string, string)[] claims =
                [(LucidHeaders.DaprCallerAppId, rule.Caller), (LucidHeaders.DaprCallerNamespace, ServiceTable.Get(rule.Caller).Namespace)];
            foreach (var token in (string?[])[null, "", "wrong", .. Plane.AppIds.Where(other => other != rule.Callee).Select(Plane.AppToken), Plane.ApiToken(rule.Callee)])
            {
                var answer = await plane.SendAsync(
                    plane[rule.Callee].Port, rule.Verb, StandIn.PathOf(rule.Template), token is null ? claims : [.. claims, (LucidHeaders.DaprApiToken, token)]);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            }
        }

        Assert.Equal(before, plane.ReachedCount);
    }

    [Fact]
    public async Task Probes_are_not_reached_through_a_sidecar()
    {
        foreach (var callee in Plane.AppIds)
        {
            foreach (var path in (string[])["/health", "/health/live", "/health/ready", "/metrics"])
            {
                var caller = callee == AppIds.ApiGateway ? AppIds.AdminInterface : AppIds.ApiGateway;
                var answer = await plane.InvokeAsync(caller, AppId.From(caller, callee), "GET", path);
                Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{caller} -> {callee} {path}: {answer}");
            }
        }
    }

    /// <summary>Refused, and by the wall that is meant to: the sidecar, unless a rule of the caller has an operation above the path; the app's own wall then.</summary>
    private static bool IsRefused(string caller, string callee, bool isAddress, string verb, string template, Answer answer)
    {
        if (answer.Reached is not null || answer.Status != (isAddress ? HttpStatusCode.Forbidden : HttpStatusCode.InternalServerError)) // 500: no such app
        {
            return false;
        }

        // An operation stands for all that is at or below it, with the verbs of all rules there.
        var rules = AllowMatrix.For(callee).Where(rule => rule.Caller == caller).ToList();
        var passesSidecar = caller == callee || rules.Any(above =>
            IsBelow(StandIn.PathOf(template), above.Operation) && rules.Any(rule => rule.Verb == verb && IsBelow(rule.Operation, above.Operation)));
        var refusedBehind = answer.Body.Contains("caller_", StringComparison.Ordinal);
        if (refusedBehind && caller != callee && !rules.Exists(rule => SidecarPolicy.DecidedBy(rule) == Wall.Second) && template != "/unlisted")
        {
            return false; // the matrix says that the sidecar decides here
        }

        return verb == "HEAD" || answer.Body.Contains("ERR_DIRECT_INVOKE", StringComparison.Ordinal) || (passesSidecar && refusedBehind);
    }

    private static bool IsBelow(string path, string operation) => (path + "/").StartsWith(operation + "/", StringComparison.OrdinalIgnoreCase);
}
