using System.Text.Json;

namespace Lucid.Contracts.Errors;

/// <summary>Body of every error answer (<c>application/json</c>).</summary>
public sealed record ErrorEnvelope(ErrorBody Error);

/// <param name="Details">Object; <c>reason</c> names the case, <c>errors[]</c> the fields.</param>
/// <param name="Timestamp">RFC 3339 UTC with milliseconds.</param>
/// <param name="Version">Always <c>v1</c>.</param>
public sealed record ErrorBody(
    string Code,
    string Message,
    JsonElement? Details,
    string RequestId,
    string Timestamp,
    string Service,
    string Version);

/// <summary>One item of <c>details.errors</c>; never echoes the value of a secret field.</summary>
public sealed record FieldError(string Field, string Constraint, string Message);
