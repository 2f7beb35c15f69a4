using System.Text;
using Lucid.Contracts;
using Lucid.Contracts.Errors;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;
using Lucid.SessionApi.Domain;

namespace Lucid.SessionApi.Endpoints;

/// <summary>Sessions as resources.</summary>
public static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/api/v1/sessions").WithTags("Sessions").RequireUser();
        sessions.MapPost("", CreateAsync).WithName("CreateSession").Produces<SessionView>(StatusCodes.Status201Created).WithSummary("A new session, not yet recording");
        sessions.MapGet("", ListAsync).WithName("ListSessions").Produces<SessionList>().WithSummary("Own sessions, filtered, sorted or searched by text");
        sessions.MapGet("/{session:guid}", GetAsync).WithName("GetSession").Produces<SessionView>().WithSummary("A session");
        sessions.MapPut("/{session:guid}", UpdateAsync)
            .WithName("UpdateSession").Produces<SessionView>().WithSummary("Changes descriptive fields; If-Match guards against lost updates");
        sessions.MapDelete("/{session:guid}", DeleteAsync)
            .WithName("DeleteSession").Produces(StatusCodes.Status204NoContent).WithSummary("Destroys the keys, then the recording");
        sessions.MapGet("/{session:guid}/pipeline", GetAsync).WithName("GetSessionPipeline").Produces<SessionView>().WithSummary("The session with its progress");
        sessions.MapGet("/{session:guid}/statistics", StatisticsAsync)
            .WithName("GetSessionStatistics").Produces<SessionStatistics>().WithSummary("Measured values of a session");
    }

    private static async Task<IResult> CreateAsync(
        CreateSession request, UserContext user, PipelineClient pipeline, KeyClient keys, TimeProvider time, CancellationToken cancellationToken)
    {
        if (SessionRules.Check(request) is { Count: > 0 } errors)
        {
            return LucidResults.Invalid(errors);
        }

        var (recipients, refusal) = await RecipientsAsync(request, user, keys, cancellationToken);
        if (recipients is null)
        {
            return refusal!;
        }

        var session = Guid.CreateVersion7(time.GetUtcNow());
        var created = await pipeline.CreateAsync(
            new(
                session.ToString("D"), user.UserId.ToString("D"), request.Name, request.Description, SessionRules.Normalise(request.RecordingConfig ?? new()),
                request.StorageConfig ?? new(), request.Metadata ?? new(), request.Custody ?? Custodies.Owner, recipients),
            cancellationToken);
        return created.IsSuccess ? TypedResults.Created($"/api/v1/sessions/{session:D}", created.Value) : created.Error.ToResult();
    }

    private static async Task<IResult> ListAsync(
        ReadModelClient readModel, CancellationToken cancellationToken, string? q = null, string? status = null, string? project = null, string? environment = null,
        string? tag = null, DateTimeOffset? from = null, DateTimeOffset? to = null, string? sort = null, string order = "desc", int page = 1, int limit = 20)
    {
        var errors = new List<FieldError>();
        if (page < 1)
        {
            errors.Add(new("page", ">=1", "page counts from 1."));
        }

        if (limit is < 1 or > 100)
        {
            errors.Add(new("limit", "1-100", "limit is from 1 to 100."));
        }

        if (sort is not (null or "created_at" or "updated_at" or "name" or "size"))
        {
            errors.Add(new("sort", "created_at|updated_at|name|size", "sort is created_at, updated_at, name or size."));
        }

        if (order is not ("asc" or "desc"))
        {
            errors.Add(new("order", "asc|desc", "order is asc or desc."));
        }

        if (q?.Length > 256)
        {
            errors.Add(new("q", "0-256", "A search text has at most 256 characters."));
        }

        if (errors.Count > 0)
        {
            return LucidResults.Invalid(LucidErrors.OutOfRange, errors);
        }

        var filters = new[] { ("state", status), ("project", project), ("environment", environment), ("tag", tag) }
            .Where(filter => filter.Item2 is not null).ToDictionary(filter => filter.Item1, filter => filter.Item2!);
        var found = await readModel.SessionsAsync(new(q, filters, from, to, sort, order == "desc", page, limit), cancellationToken);
        return found.IsSuccess
            ? TypedResults.Ok(new SessionList(found.Value.Items, Pagination.Of(page, limit, found.Value.Total), found.Value.LagMs))
            : found.Error.ToResult();
    }

    private static async Task<IResult> GetAsync(Guid session, UserContext user, SessionGuard guard, HttpResponse response, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        response.Headers.ETag = $"\"{found.Version}\"";
        return TypedResults.Ok(found);
    }

    private static async Task<IResult> UpdateAsync(
        Guid session, UpdateSession request, UserContext user, SessionGuard guard, PipelineClient pipeline, HttpRequest http, CancellationToken cancellationToken)
    {
        if (SessionRules.Check(request) is { Count: > 0 } errors)
        {
            return LucidResults.Invalid(errors);
        }

        long? version = null;
        if (http.Headers.IfMatch.ToString() is { Length: > 0 } match)
        {
            if (!long.TryParse(match.Trim('"'), out var parsed))
            {
                return LucidResults.Error(LucidErrors.PreconditionFailed, "If-Match takes the ETag of the session.", "stale_version");
            }

            version = parsed;
        }

        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        var config = request.RecordingConfig is null ? null : SessionRules.Normalise(request.RecordingConfig);
        var updated = await pipeline.UpdateAsync(session, new(request.Name, request.Description, request.RetentionDays, request.Metadata, config, version), cancellationToken);
        return updated.IsSuccess ? TypedResults.Ok(updated.Value) : updated.Error.ToResult();
    }

    private static async Task<IResult> DeleteAsync(Guid session, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        var deleted = await pipeline.DeleteAsync(session, cancellationToken);
        return deleted.IsSuccess ? TypedResults.NoContent() : deleted.Error.ToResult();
    }

    private static async Task<IResult> StatisticsAsync(Guid session, UserContext user, SessionGuard guard, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        return found is null
            ? refusal!
            : TypedResults.Ok(new SessionStatistics(
                found.SessionId, found.DurationMs, found.ChunkCount, found.SizeBytes, found.FrameCount,
                found.DurationMs > 0 ? Math.Round(found.FrameCount * 1000d / found.DurationMs, 2) : null));
    }

    private static async Task<(List<KeyRecipient>? Recipients, IResult? Refusal)> RecipientsAsync(
        CreateSession request, UserContext user, KeyClient keys, CancellationToken cancellationToken)
    {
        var jwks = request.KeyRecipients;
        if (jwks is null)
        {
            var registered = await keys.OfAsync(user.UserId, cancellationToken);
            if (!registered.IsSuccess)
            {
                return (null, registered.Error.ToResult());
            }

            jwks = [.. registered.Value.Keys.Take(SessionRules.MaxRecipients).Select(key => key.Jwk)];
            if (jwks.Count == 0)
            {
                return (null, LucidResults.Error(
                    LucidErrors.NotAllowed, "Register an encryption key first (POST /users/me/encryption-keys, or ./lucid login): without one nobody could open the recording.",
                    "no_encryption_key"));
            }
        }

        try
        {
            return ([.. jwks.Select(jwk => new KeyRecipient(RecipientPublicKey.Parse(Encoding.UTF8.GetBytes(jwk.GetRawText())).Kid, jwk)).DistinctBy(key => key.Kid)], null);
        }
        catch (EvidenceException malformed)
        {
            return (null, LucidResults.Invalid(new FieldError("key_recipients", "JWK P-256|X25519", malformed.Message)));
        }
    }
}

/// <summary>Measured values only; null where nothing was measured.</summary>
public sealed record SessionStatistics(string SessionId, long DurationMs, int ChunksCount, long SizeBytes, long FrameCount, double? AverageFps);
