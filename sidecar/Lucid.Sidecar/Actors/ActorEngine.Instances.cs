using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.Actors;

/// <content>Life of the instances this engine hosts.</content>
public sealed partial class ActorEngine
{
    internal Actor NewActor(ActorKey key) =>
        new(key, types.GetValueOrDefault(key.Type) ?? new ActorTypeConfiguration(key.Type), this) { LastUsed = context.Time.GetUtcNow().UtcTicks };

    /// <summary>Arms the idle check of an instance that has just been made.</summary>
    internal void Watch(Actor actor)
    {
        lock (actor)
        {
            actor.IdleCheck ??= heap.Schedule(context.Time.GetUtcNow() + actor.Configuration.IdleTimeout, () => CheckIdleAsync(actor));
        }
    }

    /// <summary>A turn for an engine of another sidecar: the host's span of the call stands between the caller's and the app.</summary>
    private async Task<TurnResult> ServeAsync(Actor actor, ActorCall call, CancellationToken cancellationToken)
    {
        var tracer = context.Tracer;
        using var span = tracer.Exports
            ? tracer.Start(call.Header("traceparent"), call.Header("tracestate"), ActivityKind.Server, SpanNames.CallActor(actor.Key.Type, call.MethodPath))
            : null;
        if (span is null)
        {
            return await RunTurnAsync(actor, call, cancellationToken);
        }

        SpanAttributes.OfCallee(span, call.MethodPath);
        SpanAttributes.OfActor(span, actor.Key.Type, actor.Key.Id);
        var result = await RunTurnAsync(actor, call.With("traceparent", span.Id!), cancellationToken);
        if (result.Response is { Status: var status })
        {
            SpanAttributes.OfStatus(span, status);
        }
        else
        {
            span.SetStatus(ActivityStatusCode.Error, result.Failure?.Message ?? result.Outcome.ToString());
        }

        return result;
    }

    internal async Task<TurnResult> RunTurnAsync(Actor actor, ActorCall call, CancellationToken cancellationToken)
    {
        var chain = actor.Turns.IsReentrant ? ChainOf(call) : null;
        TurnEntry entry;
        TurnLock.Turn? turn;
        metrics.Pending(actor.Key.Type, 1);
        try
        {
            (entry, turn) = await actor.Turns.EnterAsync(chain, cancellationToken);
        }
        finally
        {
            metrics.Pending(actor.Key.Type, -1);
        }

        return entry switch
        {
            TurnEntry.Closed => new TurnResult(TurnOutcome.Closed),
            TurnEntry.TooDeep => new TurnResult(TurnOutcome.TooDeep),
            _ => await SendInTurnAsync(actor, turn!, chain, call).WaitAsync(cancellationToken),
        };
    }

    /// <summary>Not cancelled by the caller: the turn ends when the app has answered. Every failure is a value, so an abandoned task hides none.</summary>
    private async Task<TurnResult> SendInTurnAsync(Actor actor, TurnLock.Turn turn, string? chain, ActorCall call)
    {
        var limited = false;
        try
        {
            if (call.IsReminder)
            {
                await openReminders.WaitAsync(stopping.Token);
                limited = true;
            }

            if (call.StillWanted?.Invoke() == false)
            {
                return new TurnResult(TurnOutcome.NotWanted);
            }

            Touch(actor);
            return new TurnResult(TurnOutcome.Answered, await app.InvokeAsync(actor.Key, call, chain, actor.Aborted));
        }
        catch (OperationCanceledException failure)
        {
            return new TurnResult(TurnOutcome.Failed, Failure: new HttpRequestException("the app went away before it answered", failure));
        }
        catch (Exception failure)
        {
            return new TurnResult(TurnOutcome.Failed, Failure: failure);
        }
        finally
        {
            if (limited)
            {
                openReminders.Release();
            }

            Touch(actor);
            actor.Turns.Leave(turn);
        }
    }

    private string ChainOf(ActorCall call)
    {
        foreach (var (name, value) in call.Headers)
        {
            if (string.Equals(name, ActorAppClient.ReentrancyHeader, StringComparison.OrdinalIgnoreCase) && value.Length > 0)
            {
                return value;
            }
        }

        return Guid.CreateVersion7(context.Time.GetUtcNow()).ToString("D", CultureInfo.InvariantCulture);
    }

    private void Touch(Actor actor) => Volatile.Write(ref actor.LastUsed, context.Time.GetUtcNow().UtcTicks);

    private async Task CheckIdleAsync(Actor actor)
    {
        if (actor.Gone.IsCompleted)
        {
            return;
        }

        var idleAt = new DateTimeOffset(Volatile.Read(ref actor.LastUsed), TimeSpan.Zero) + actor.Configuration.IdleTimeout;
        var now = context.Time.GetUtcNow();
        if (now >= idleAt && actor.Turns.TryCloseIdle())
        {
            await DeactivateAsync(actor, stopping.Token);
            return;
        }

        // Busy actors are asked again a whole idle time later: the end of a turn counts as use.
        var next = idleAt > now ? idleAt : now + actor.Configuration.IdleTimeout;
        lock (actor)
        {
            actor.IdleCheck = heap.Schedule(next, () => CheckIdleAsync(actor));
        }
    }

    /// <summary>Tells the app and forgets the instance; its turns are closed already.</summary>
    private async Task DeactivateAsync(Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            var status = await app.DeactivateAsync(actor.Key, cancellationToken);
            metrics.Deactivated(actor.Key.Type, status == 200);
            if (status != 200)
            {
                LogDeactivationRefused(AppId, actor.Key.Type, actor.Key.Id, status);
            }
        }
        catch (Exception failure)
        {
            metrics.Deactivated(actor.Key.Type, false);
            LogDeactivationFailed(failure, AppId, actor.Key.Type, actor.Key.Id);
        }
        finally
        {
            Forget(actor);
        }
    }

    private void Forget(Actor actor)
    {
        heap.Cancel(actor.IdleCheck);
        timers.Drop(actor);
        directory.Remove(actor);
    }

    private async Task LeaveTypesAsync(IReadOnlyCollection<string> leaving, CancellationToken cancellationToken)
    {
        foreach (var type in leaving)
        {
            directory.Unregister(this, type);
            reminders.Quiet(type);
        }

        await Task.WhenAll(directory.ActorsOf(this).Where(actor => leaving.Contains(actor.Key.Type)).Select(async actor =>
        {
            try
            {
                await actor.Turns.CloseAsync().WaitAsync(actor.Configuration.DrainTimeout, context.Time, cancellationToken);
            }
            catch (Exception timeout) when (timeout is TimeoutException or OperationCanceledException)
            {
                LogDrainTimedOut(AppId, actor.Key.Type, actor.Key.Id);
            }

            await DeactivateAsync(actor, cancellationToken);
        }));

        foreach (var type in leaving)
        {
            await reminders.CloseAsync(type, types[type].DrainTimeout, cancellationToken);
            if (directory.HandOver(this, type) is { } heir)
            {
                await heir.reminders.KeepAsync(type, cancellationToken);
            }
        }
    }
}
