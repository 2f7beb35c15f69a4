namespace Lucid.Evidence;

/// <summary>
/// The one exception of this library: bytes that are not what they claim to be, or a request to write such bytes.
/// <see cref="Fault"/> is for programs, the message is a sentence for people.
/// </summary>
public sealed class EvidenceException : Exception
{
    public EvidenceException()
    {
    }

    public EvidenceException(string message)
        : base(message)
    {
    }

    public EvidenceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public EvidenceException(EvidenceFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    public EvidenceFault Fault { get; }
}
