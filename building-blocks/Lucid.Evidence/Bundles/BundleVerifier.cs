namespace Lucid.Evidence;

/// <summary>
/// Verifies an evidence bundle with nothing but the bundle and what the user trusts: no key, no network, one chunk in
/// memory at a time. Every byte of the archive is either entry data bound by a hash or rebuilt and compared.
/// </summary>
public static class BundleVerifier
{
    /// <param name="bundle">Read once from its current position to its end.</param>
    /// <param name="options">The trusted genesis hash, known heads and witnesses.</param>
    /// <param name="progress">Chunks and bytes done.</param>
    /// <param name="cancellationToken">Stops the work with <see cref="OperationCanceledException"/>.</param>
    public static async Task<VerificationReport> VerifyAsync(Stream bundle, VerificationOptions options, IProgress<VerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(options);
        var pass = new BundlePass(bundle, options, progress);
        try
        {
            await pass.RunAsync(cancellationToken).ConfigureAwait(false);
            return pass.Report;
        }
        catch (EvidenceException exception)
        {
            var verdict = exception.Fault == EvidenceFault.NotABundle ? Verdict.Unreadable : Verdict.Invalid;
            return pass.Report with { Verdict = verdict, Fault = exception.Fault, Message = exception.Message };
        }
        catch (IOException exception)
        {
            return pass.Report with { Verdict = Verdict.Unreadable, Fault = EvidenceFault.ReadFailed, Message = "The bundle could not be read: " + exception.Message };
        }
    }
}
