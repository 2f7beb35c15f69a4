using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

public interface ICounter : IActor
{
    Task<int> AddAsync(int amount);

    Task<int> ReadAsync();

    Task FailAsync(string reason);

    Task RemindAsync(TimeSpan due, int amount);

    Task<string?> DescribeReminderAsync();

    Task TickAsync(TimeSpan due, int amount);

    /// <summary>Calls itself through its sidecar, <paramref name="depth"/> times.</summary>
    Task<int> RecurseAsync(int depth);

    Task<bool> OverlapAsync();
}

/// <summary>A counter whose value is actor state; reminders and timers add to it.</summary>
internal sealed class Counter(ActorHost host) : Actor(host), ICounter, IRemindable
{
    private bool inside;

    public async Task<int> AddAsync(int amount) => await StateManager.AddOrUpdateStateAsync("n", amount, (_, n) => n + amount);

    public async Task<int> ReadAsync() => (await StateManager.TryGetStateAsync<int>("n")) is { HasValue: true } value ? value.Value : 0;

    public Task FailAsync(string reason) => throw new InvalidOperationException(reason);

    public Task RemindAsync(TimeSpan due, int amount) => RegisterReminderAsync("later", [(byte)amount], due, TimeSpan.FromMilliseconds(-1));

    public async Task<string?> DescribeReminderAsync() => await GetReminderAsync("later") is { } reminder ? $"{reminder.Name} {reminder.DueTime}" : null;

    public Task TickAsync(TimeSpan due, int amount) => RegisterTimerAsync("tick", nameof(OnTickAsync), [(byte)amount], due, TimeSpan.FromMilliseconds(-1));

    public Task OnTickAsync(byte[] data) => AddAsync(data[0]);

    public async Task<int> RecurseAsync(int depth) =>
        depth == 0 ? 0 : 1 + await ProxyFactory.CreateActorProxy<ICounter>(Id, "Counter").RecurseAsync(depth - 1);

    public async Task<bool> OverlapAsync()
    {
        var overlapped = inside;
        inside = true;
        await Task.Delay(20);
        inside = false;
        return overlapped;
    }

    public Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period) => AddAsync(state[0]);
}
