namespace Lucid.Contracts.Errors;

/// <summary>An entry of the error registry. A code is read together with the <c>service</c> that sent it.</summary>
/// <param name="Code"><c>LUCID_ERR_nnnn</c>.</param>
/// <param name="Title">What the code means; the message of an answer says what to do.</param>
public sealed record ErrorCode(string Code, int HttpStatus, string Title);
