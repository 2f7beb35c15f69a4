using System.Globalization;
using Lucid.Bench.Sidecar;

// Usage: (nothing) [SECONDS [ROUNDS]]   invocation, pub/sub and actors through the embedded runtime, in turns with the same without it
//        --stack [CHECKOUT]             memory and start of lucid-sidecar with the whole run file of a built checkout
// Prints a markdown table. Each figure is the median over the rounds.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Connections = 16;
Console.WriteLine($"Load of the machine at the start (1, 5, 15 min): {LoadAverage()}\n");

if (args is ["--stack", ..])
{
    var stack = await RunFileBench.MeasureAsync(Path.GetFullPath(args.Length > 1 ? args[1] : "."));
    Console.WriteLine("| What | Figure | Goal |\n|---|---|---|");
    Console.WriteLine($"| from command to all {stack.Apps} apps ready | {stack.Seconds:F1} s | 10 s |");
    Console.WriteLine($"| sidecar process with {stack.Apps} apps, PSS when ready / 10 s later | {stack.AtReady:F0} / {stack.AtRest:F0} MB | 150 MB |");
    Console.WriteLine($"\nLoad at the end: {LoadAverage()}");
    return;
}

var seconds = Math.Min(10, args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 4);
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
await using var world = await World.StartAsync();
Console.WriteLine("| What | Direct | Through the sidecar | Difference | Goal |\n|---|---|---|---|---|");

await LatencyAsync("invocation, 1 KB, 16 connections, 1,000/s open loop", "0.2 / 1 ms added", 1000,
    duration => Load.OpenAsync(Connections, 1000, duration, _ => world.SendAsync(world.AnswerDirect())),
    duration => Load.OpenAsync(Connections, 1000, duration, _ => world.SendAsync(world.AnswerThrough())));
await RateAsync("invocation, 1 KB, 16 connections, saturated", Connections, _ => world.AnswerDirect(), _ => world.AnswerThrough());
await LatencyAsync("publish to delivery on disk (direct: a POST to the handler), 200/s", "–", 200,
    duration => AgesAsync(duration, world.EventDirect),
    duration => AgesAsync(duration, world.PublishThrough));
await RateAsync("turns of one actor, 16 connections", Connections, _ => world.ActorDirect("one"), _ => world.ActorThrough("one"));
await RateAsync("turns of 64 actors, 64 connections", 64, actor => world.ActorDirect($"a{actor}"), actor => world.ActorThrough($"a{actor}"));
Console.WriteLine($"\nLoad at the end: {LoadAverage()}");

async Task LatencyAsync(string what, string goal, int rate, Func<double, Task<double[]>> direct, Func<double, Task<double[]>> through)
{
    var (without, with) = await InTurnsAsync(direct, through);
    var (median, tail) = (MedianOf(without, 0.5), MedianOf(without, 0.99));
    var (sideMedian, sideTail) = (MedianOf(with, 0.5), MedianOf(with, 0.99));
    Console.WriteLine(
        $"| {what}, p50 / p99 of {rate * seconds:N0} × {rounds} | {median:F2} / {tail:F2} ms | {sideMedian:F2} / {sideTail:F2} ms | {sideMedian - median:+0.00;-0.00} / {sideTail - tail:+0.00;-0.00} ms | {goal} |");
}

async Task RateAsync(string what, int connections, Func<int, HttpRequestMessage> direct, Func<int, HttpRequestMessage> through)
{
    var (without, with) = await InTurnsAsync(
        async duration => [await Load.ClosedAsync(connections, duration, connection => world.SendAsync(direct(connection)))],
        async duration => [await Load.ClosedAsync(connections, duration, connection => world.SendAsync(through(connection)))]);
    var (bare, side) = (MedianOf(without, 0.5), MedianOf(with, 0.5));
    Console.WriteLine($"| {what} | {bare:N0}/s | {side:N0}/s | {side / bare:F2} × | – |");
}

// Both warm up, then they alternate, so that what else the machine does falls on both.
async Task<(List<double[]> Direct, List<double[]> Through)> InTurnsAsync(Func<double, Task<double[]>> direct, Func<double, Task<double[]>> through)
{
    await direct(Math.Min(2, seconds));
    await through(Math.Min(2, seconds));
    var (without, with) = (new List<double[]>(), new List<double[]>());
    for (var round = 0; round < rounds; round++)
    {
        without.Add(await direct(seconds));
        with.Add(await through(seconds));
    }

    return (without, with);
}

async Task<double[]> AgesAsync(double duration, Func<long, HttpRequestMessage> request)
{
    world.App.Ages.Clear();
    var sent = (await Load.OpenAsync(Connections, 200, duration, moment => world.SendAsync(request(moment)))).Length;
    await World.UntilAsync(() => Task.FromResult(world.App.Ages.Count >= sent));
    return [.. world.App.Ages];
}

static double MedianOf(List<double[]> roundsOf, double quantile) => Quantile([.. roundsOf.Select(round => Quantile(round, quantile))], 0.5);

static double Quantile(double[] values, double quantile) => values.Order().ElementAt((int)((values.Length - 1) * quantile));

static string LoadAverage() => string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
