using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Components.Localization;

/// <summary>Texts that say how many: English has <c>X.one</c> and <c>X.other</c>, Chinese has the one form <c>X.other</c>.</summary>
/// <remarks>Each form is a whole sentence, so that a language may put the number, and whatever depends on it, where it likes.</remarks>
internal static class Plurals
{
    /// <summary>The form for a number.</summary>
    /// <param name="name">Without the form.</param>
    /// <param name="number">What <c>{0}</c> stands for.</param>
    /// <param name="others">What <c>{1}</c> and so on stand for.</param>
    public static string Plural(this IStringLocalizer<Text> text, string name, long number, params object[] others) =>
        text[$"{name}.{FormOf(number, CultureInfo.CurrentUICulture)}", [number, .. others]];

    private static string FormOf(long number, CultureInfo culture) => number == 1 && culture.TwoLetterISOLanguageName != "zh" ? "one" : "other";
}
