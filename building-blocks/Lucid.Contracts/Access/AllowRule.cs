namespace Lucid.Contracts.Access;

/// <summary>One permission: <paramref name="Caller"/> may call <paramref name="Verb"/> <paramref name="Template"/> of <paramref name="Callee"/>.</summary>
/// <param name="Caller">App-id of the caller.</param>
/// <param name="Callee">App-id of the callee.</param>
/// <param name="Verb">Upper-case HTTP verb.</param>
/// <param name="Template">Route template of the callee; parameters in braces, a last <c>{**rest}</c> takes the remainder.</param>
public sealed record AllowRule(string Caller, string Callee, string Verb, string Template)
{
    /// <summary>The operation of a sidecar's policy: the literal segments before the first parameter. A sidecar takes it as a prefix on segment borders.</summary>
    public string Operation
    {
        get
        {
            var parameter = Template.IndexOf("/{", StringComparison.Ordinal);
            return parameter < 0 ? Template : Template[..parameter];
        }
    }
}
