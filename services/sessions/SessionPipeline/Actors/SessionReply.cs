using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.SessionPipeline.Actors;

/// <summary>An actor's answer: a value, or a refusal that crosses the actor call as data.</summary>
public sealed record SessionReply<T>(T? Value, SessionRefusal? Refusal) where T : class
{
    public static implicit operator SessionReply<T>(T value) => new(value, null);

    public static implicit operator SessionReply<T>(SessionRefusal refusal) => new(null, refusal);

    public IResult ToResult(Func<T, IResult>? good = null) =>
        Refusal is { } refusal ? refusal.ToResult() : good is null ? TypedResults.Ok(Value) : good(Value!);
}

/// <param name="Status">HTTP status.</param>
/// <param name="Reason"><c>details.reason</c>.</param>
/// <param name="Allowed">Triggers that would be possible, for a refused transition.</param>
public sealed record SessionRefusal(int Status, string Code, string Message, string Reason, string? State = null, IReadOnlyList<string>? Allowed = null)
{
    public static SessionRefusal From(ErrorCode code, string message, string reason) => new(code.HttpStatus, code.Code, message, reason);

    public static SessionRefusal NotFound { get; } = From(LucidErrors.NotFound, "There is no such session.", "session_not_found");

    public static SessionRefusal StaleEpoch { get; } = From(LucidErrors.WrongState, "A newer recorder took over this session; stop sending.", "stale_epoch");

    public static SessionRefusal Wrong(string state, IReadOnlyList<string> allowed, string reason = "wrong_state") =>
        new(LucidErrors.WrongState.HttpStatus, LucidErrors.WrongState.Code, $"Not possible while the session is {state}.", reason, state, allowed);

    public IResult ToResult()
    {
        var details = State is null ? null : new Dictionary<string, object?> { ["state"] = State, ["allowed"] = Allowed };
        return LucidResults.Error(new ErrorCode(Code, Status, Reason), Message, Reason, details);
    }
}
