using Lucid.ServiceDefaults.Errors;

namespace Lucid.ServiceDefaults.Deadlines;

/// <summary>Ends a request whose caller has stopped waiting: its work is cancelled, its calls to others are not made, the answer is 504/5006.</summary>
internal sealed class DeadlineMiddleware(RequestDelegate next, ErrorWriter writer, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[LucidHeaders.Deadline];
        if (given.Count == 0)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        if (given.Count > 1 || !Deadline.TryParse(given[0], out var patience))
        {
            await writer.WriteAsync(context, new ErrorReport(LucidErrors.InvalidRequest, $"Send {LucidHeaders.Deadline} once, as whole milliseconds from 1 to a day.") { Reason = "deadline" }).ConfigureAwait(false);
            return;
        }

        var deadline = new Deadline(patience, clock);
        deadline.Begin();
        var caller = context.RequestAborted;
        using var expiry = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, expiry.Token);
        context.Response.OnStarting(() =>
        {
            if (deadline.Left is not null)
            {
                deadline.End();
                expiry.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            return Task.CompletedTask;
        });
        context.RequestAborted = either.Token;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (expiry.IsCancellationRequested && !caller.IsCancellationRequested && !context.Response.HasStarted)
        {
            throw new LucidException(LucidErrors.Timeout, "The caller's time for this request is over; ask again.", "deadline", e);
        }
        finally
        {
            deadline.End();
            context.RequestAborted = caller;
        }
    }
}
