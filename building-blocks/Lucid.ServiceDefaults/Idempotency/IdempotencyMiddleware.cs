using System.Security.Cryptography;
using System.Text;
using Lucid.ServiceDefaults.Entities;
using Lucid.ServiceDefaults.Errors;

namespace Lucid.ServiceDefaults.Idempotency;

internal sealed class IdempotencyMiddleware(RequestDelegate next, ErrorWriter writer, TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan RunningFor = TimeSpan.FromMinutes(2);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IdempotentEndpoint>() is not { } marked)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var given = context.Request.Headers[LucidHeaders.IdempotencyKey];
        if (given.Count == 0 && !marked.Required)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        if (given.Count != 1 || !Guid.TryParseExact(given[0], "D", out var key))
        {
            var code = given.Count == 0 ? LucidErrors.MissingField : LucidErrors.BadUuid;
            await writer.WriteAsync(context, new ErrorReport(code, $"Send one {LucidHeaders.IdempotencyKey} header with a UUID.") { Reason = "idempotency_key" }).ConfigureAwait(false);
            return;
        }

        await RunOnceAsync(context, key).ConfigureAwait(false);
    }

    private async Task RunOnceAsync(HttpContext context, Guid key)
    {
        var state = context.RequestServices.GetRequiredService<IStateClient>();
        var stateKey = StateKey.Of("idempotency", KeyOf(context, key));
        var hash = await HashBodyAsync(context.Request).ConfigureAwait(false);
        var item = await state.GetAsync(stateKey, context.RequestAborted).ConfigureAwait(false);
        var known = item is null ? null : StateJson.Read<StoredAnswer>(item);
        if (known is not null && known.BodyHash != hash)
        {
            await writer.WriteAsync(context, new ErrorReport(LucidErrors.AlreadyExists, "This idempotency key was used with another body; take a new key.") { Reason = "idempotency_key_reused" }).ConfigureAwait(false);
            return;
        }

        if (known is { RunningUntil: null })
        {
            await ReplayAsync(context, known).ConfigureAwait(false);
            return;
        }

        var now = clock.GetUtcNow();
        var running = new StoredAnswer(hash, now + RunningFor, 0, null, null, null);
        if (known?.RunningUntil > now || !await state.SaveAsync(stateKey, StateJson.Write(running), item?.ETag, KeptFor, context.RequestAborted).ConfigureAwait(false))
        {
            await writer.WriteAsync(context, new ErrorReport(LucidErrors.NotAllowed, "The first request with this idempotency key is still running; ask again.") { Reason = "idempotency_key_running", RetryAfter = TimeSpan.FromSeconds(2) }).ConfigureAwait(false);
            return;
        }

        await RunAndKeepAsync(context, state, stateKey, hash).ConfigureAwait(false);
    }

    private async Task RunAndKeepAsync(HttpContext context, IStateClient state, string stateKey, string hash)
    {
        var wire = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        var kept = false;
        try
        {
            await next(context).ConfigureAwait(false);
            kept = context.Response.StatusCode < 500;
        }
        finally
        {
            context.Response.Body = wire;

            // The outcome is kept even when the caller has gone: he will come back for it.
            if (await state.GetAsync(stateKey, CancellationToken.None).ConfigureAwait(false) is { } mine)
            {
                if (kept)
                {
                    var response = context.Response;
                    var answer = new StoredAnswer(hash, null, response.StatusCode, response.ContentType, response.Headers.Location, copy.ToArray());
                    await state.SaveAsync(stateKey, StateJson.Write(answer), mine.ETag, KeptFor, CancellationToken.None).ConfigureAwait(false);
                }
                else
                {
                    await state.DeleteAsync(stateKey, mine.ETag, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }

        await wire.WriteAsync(copy.GetBuffer().AsMemory(0, (int)copy.Length), context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task ReplayAsync(HttpContext context, StoredAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        if (answer.Location is not null)
        {
            context.Response.Headers.Location = answer.Location;
        }

        if (answer.Body is { Length: > 0 } body)
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static async Task<string> HashBodyAsync(HttpRequest request)
    {
        request.EnableBuffering();
        var hash = await SHA256.HashDataAsync(request.Body, request.HttpContext.RequestAborted).ConfigureAwait(false);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash);
    }

    private static string KeyOf(HttpContext context, Guid key)
    {
        var who = UserContext.From(context.User)?.UserId.ToString() ?? context.Request.Headers[LucidHeaders.DaprCallerAppId].ToString();
        var whole = $"{who}\n{context.Request.Method}\n{context.Request.Path}\n{key}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)));
    }
}
