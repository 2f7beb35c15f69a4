using Lucid.ServiceDefaults.Errors;

namespace Lucid.ServiceDefaults;

/// <summary>Error answers: the envelope of gateway §2, or RFC 9457 when <c>Accept</c> prefers it.</summary>
public static class LucidResults
{
    /// <param name="message">A sentence that tells the caller what to do.</param>
    /// <param name="reason">snake_case name of the case, as <c>details.reason</c>.</param>
    /// <param name="details">Further members of <c>details</c>, snake_case.</param>
    public static IResult Error(
        ErrorCode code, string message, string? reason = null, IReadOnlyDictionary<string, object?>? details = null, TimeSpan? retryAfter = null) =>
        new ErrorResult(new ErrorReport(code, message) { Reason = reason, Details = details, RetryAfter = retryAfter });

    /// <summary>400 with <c>details.errors[]</c>.</summary>
    public static IResult Invalid(params IReadOnlyList<FieldError> errors) => Invalid(LucidErrors.InvalidRequest, errors);

    /// <inheritdoc cref="Invalid(IReadOnlyList{FieldError})"/>
    public static IResult Invalid(ErrorCode code, params IReadOnlyList<FieldError> errors) =>
        new ErrorResult(new ErrorReport(code, "Correct the fields named in details.errors and send the request again.") { Fields = errors });

    /// <summary>404/4001.</summary>
    public static IResult NotFound(string message, string? reason = null) => Error(LucidErrors.NotFound, message, reason);
}
