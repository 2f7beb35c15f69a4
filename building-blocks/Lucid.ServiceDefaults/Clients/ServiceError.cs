namespace Lucid.ServiceDefaults;

/// <summary>Why a call to another service gave no value: its error envelope, or what happened on the way.</summary>
/// <param name="Status">HTTP status of the answer; 503 when none came.</param>
/// <param name="Code"><c>LUCID_ERR_nnnn</c> of the callee; <c>LUCID_ERR_5003</c> when the answer was not one of ours.</param>
/// <param name="Reason"><c>details.reason</c>, when given.</param>
public sealed record ServiceError(int Status, string Code, string Message, string? Reason = null)
{
    /// <summary>True when the same call may succeed later: no answer, 408, 429, 5xx other than 501.</summary>
    public bool IsTransient => Status is 408 or 429 || (Status >= 500 && Status != 501);

    /// <summary>The answer to give when the callee's refusal is ours too.</summary>
    public IResult ToResult() => LucidResults.Error(new Lucid.Contracts.Errors.ErrorCode(Code, Status, Code), Message, Reason);
}
