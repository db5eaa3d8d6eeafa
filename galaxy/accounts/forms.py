"""What people send about themselves and their mandates. Flask-Security's forms, with our words."""

from datetime import timedelta
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_security import forms as fs
from flask_security.change_email import ChangeEmailForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import hash_data, hash_password
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from galaxy.accounts.models import Body, BodyKind, MandateRole, User
from galaxy.accounts.passwords import LONGEST
from galaxy.core.addresses import is_web_address
from galaxy.core.db import db, now
from galaxy.core.forms import Form, tidy
from galaxy.core.i18n import _, lang, lazy, offered
from galaxy.core.zones import city, zone_choices
from galaxy.reference import countries, languages, regions
from galaxy.reference.weeks import weekend_of, zone_of

EMAIL_MAX, NAME_MAX, TEXT_MAX = 254, 120, 2000
YEAR = timedelta(days=366)
REGIONAL = ("002", "142", "419", "009", "150")


def one_line(value: Any) -> Any:
    """What people type into a single line."""
    return " ".join(tidy(value).split()) if isinstance(value, str) else value


def told(words: Any) -> DataRequired:
    """A field that must be filled in, with what to do."""
    return DataRequired(words)


EMAIL = lazy("E-mail address")
PASSWORD = lazy("Password")
GIVE_EMAIL = lazy("Please give your e-mail address.")
GIVE_PASSWORD = lazy("Please give your password.")
GIVE_CODE = lazy("Please give the code.")
TOO_LONG = lazy("Please use at most %(max)d characters.")
EMAIL_LOOK = {"autocomplete": "email", "maxlength": EMAIL_MAX}
NEW_PASSWORD_LOOK = {"autocomplete": "new-password"}
OLD_PASSWORD_LOOK = {"autocomplete": "current-password"}
AS_LONG = "an answer takes as long whether an address is known or not"
CODE_LOOK = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12}


def short(longest: int) -> Length:
    return Length(max=longest, message=TOO_LONG)


class SignInForm(fs.LoginForm):
    """An address and a password. Only after both are right it tells why one still may not enter."""

    email = EmailField(
        EMAIL, [told(GIVE_EMAIL), fs.EmailValidation(verify=False)], filters=[one_line], render_kw=EMAIL_LOOK
    )
    password = PasswordField(PASSWORD, [told(GIVE_PASSWORD), short(LONGEST)], render_kw=OLD_PASSWORD_LOOK)
    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """As Flask-Security does, but the database waits for nobody while a password is compared."""
        self.ifield = self.email
        self.user = find(self.email.data)
        db.session.rollback()
        valid = bool(super().validate(**kwargs))
        if self.user_authenticated and not valid:
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        elif self.email.errors:
            self.password.errors = []  # what is told for both is told once
        return valid


def find(email: str | None) -> User | None:
    """Whose address this is, however it is written."""
    try:
        address = fs._security.mail_util.normalize(email or "")
    except ValueError:
        return None
    user: User | None = fs._datastore.find_user(email=address)
    return user


class RegisterForm(Form, fs.RegisterFormV2):
    """A name, an address, a password, and the consent to the terms."""

    name = StringField(
        lazy("Your name"),
        [told(lazy("Please give your name.")), short(NAME_MAX)],
        description=lazy("As your partners should read it."),
        filters=[one_line],
        render_kw={"autocomplete": "name", "maxlength": NAME_MAX},
    )
    email = EmailField(
        EMAIL,
        [told(GIVE_EMAIL), fs.EmailValidation(verify=True), fs.unique_user_email],
        description=lazy("We send a mail there to make sure it is yours. It is shown to nobody."),
        filters=[one_line],
        render_kw=EMAIL_LOOK,
    )
    password = PasswordField(
        PASSWORD,
        [told(lazy("Please choose a password."))],
        description=lazy("At least 10 characters. Three or four words make a good one."),
        render_kw=NEW_PASSWORD_LOOK,
    )
    terms = BooleanField(
        lazy("I agree to the terms"),
        [told(lazy("Please agree to the terms to open an account."))],
        description=lazy(
            "What I publish here is open to everybody under the licence I choose. Galaxy keeps what I say about myself "
            "only to run this site; I can take a copy of it and delete it at any time."
        ),
    )

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        """What the new account begins with; its language is that of the page."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "password": self.password.data,
            "language": lang(),
        }

    def validate(self, **kwargs: Any) -> bool:
        valid = bool(super().validate(**kwargs))
        known = self.existing_email_user
        waits = known is not None and known.confirmed_at is None
        db.session.rollback()  # nothing is locked while the password is hashed
        if not waits:
            hash_data(AS_LONG)  # who waits to be confirmed is sent two links
        return valid


class AgainForm(fs.SendConfirmationForm):
    """Ask for the mail with the link to confirm once more. It takes as long whether the address is known or not."""

    email = EmailField(
        EMAIL,
        [told(GIVE_EMAIL), fs.EmailValidation(verify=True), fs.valid_user_email],
        filters=[one_line],
        render_kw=EMAIL_LOOK,
    )

    def validate(self, **kwargs: Any) -> bool:
        valid = bool(super().validate(**kwargs)) and self.user is not None and self.user.active
        if not valid:
            hash_data(AS_LONG)
        return valid


class RecoverForm(fs.ForgotPasswordForm):
    """Ask for a mail with a link to choose a new password; following it confirms the address, too."""

    email = EmailField(
        EMAIL,
        [told(GIVE_EMAIL), fs.EmailValidation(verify=True), fs.valid_user_email],
        filters=[one_line],
        render_kw=EMAIL_LOOK,
    )

    def validate(self, **kwargs: Any) -> bool:
        known = bool(super(fs.ForgotPasswordForm, self).validate(**kwargs))
        known = known and self.user is not None and bool(self.user.active)
        db.session.rollback()
        if known:
            hash_password(AS_LONG)  # as the view does for who is not known
        else:
            hash_data(AS_LONG)
        return known


class ResetForm(fs.ResetPasswordForm):
    """A new password, after following the link of a mail."""

    password = PasswordField(
        lazy("New password"),
        [told(lazy("Please choose a password."))],
        description=lazy("At least 10 characters. Three or four words make a good one."),
        render_kw=NEW_PASSWORD_LOOK,
    )
    password_confirm = None


class ChangePasswordForm(fs.ChangePasswordForm):
    """The password as it was, and as it will be."""

    password = PasswordField(
        lazy("Your password now"), [told(GIVE_PASSWORD), short(LONGEST)], render_kw=OLD_PASSWORD_LOOK
    )
    new_password = PasswordField(
        lazy("New password"),
        [told(lazy("Please choose a password."))],
        description=lazy("At least 10 characters. Three or four words make a good one."),
        render_kw=NEW_PASSWORD_LOOK,
    )
    new_password_confirm = None


class VerifyForm(fs.VerifyForm):
    """The password once more, before something that matters."""

    password = PasswordField(PASSWORD, [told(GIVE_PASSWORD), short(LONGEST)], render_kw=OLD_PASSWORD_LOOK)


class NewAddressForm(ChangeEmailForm):
    """Another address; it counts once the link sent there has been followed."""

    email = EmailField(
        lazy("New e-mail address"),
        [told(GIVE_EMAIL), fs.EmailValidation(verify=True), fs.unique_user_email],
        filters=[one_line],
        render_kw=EMAIL_LOOK,
    )

    def validate(self, **kwargs: Any) -> bool:
        valid = bool(super().validate(**kwargs))
        if self.existing_email_user:
            hash_data(AS_LONG)
        return valid


class CodeForm(fs.TwoFactorVerifyCodeForm):
    """The six digits that the authenticator app shows."""

    code = StringField(
        lazy("Code"),
        [told(GIVE_CODE), Length(max=12, message=lazy("The code has six digits."))],
        description=lazy("The six digits your authenticator app shows now."),
        filters=[lambda value: "".join(tidy(value).split()) if isinstance(value, str) else value],
        render_kw=CODE_LOOK,
    )


class SecondFactorForm(fs.TwoFactorSetupForm):
    """What to do with the second step: set it up, or turn it off."""

    setup = StringField()


class NoRescueForm(fs.TwoFactorRescueForm):
    """Nobody is rescued by mail: there are recovery codes, and admins."""

    help_setup = RadioField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help_setup.choices = []


class RecoveryForm(MfRecoveryForm):
    """One of the recovery codes, in place of the code of an app that is lost."""

    code = StringField(
        lazy("Recovery code"),
        [told(GIVE_CODE), short(40)],
        description=lazy("One of the codes you kept when you set up the second step. Each works once."),
        filters=[one_line],
        render_kw={"autocomplete": "off", "maxlength": 40},
    )


class ProfileForm(Form):
    """What a member says about themselves."""

    name = StringField(
        lazy("Your name"),
        [told(lazy("Please give your name.")), short(NAME_MAX)],
        filters=[one_line],
        render_kw={"autocomplete": "name", "maxlength": NAME_MAX},
    )
    organisation = StringField(
        lazy("Your organisation"),
        [short(200)],
        filters=[one_line],
        render_kw={"autocomplete": "organization", "maxlength": 200},
    )
    country = SelectField(lazy("Your country"), coerce=lambda value: value or None)
    languages = SelectMultipleField(lazy("Languages you speak"))
    language = SelectField(lazy("Language of this site and of mail to you"), [told(lazy("Please choose a language."))])
    time_zone = SelectField(
        lazy("Your time zone"),
        coerce=lambda value: value or None,
        description=lazy("Dates and hours are shown in it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [("", _("Not said")), *countries.choices(lang())]
        self.languages.choices = languages.choices(lang())
        self.language.choices = [(code, name) for code, name in languages.autonyms() if code in offered()]
        self.time_zone.choices = {_("Not chosen"): [("", _("That of this site"))], **zone_choices()}


class DeleteForm(Form):
    """One's own address, typed, to delete the account."""

    email = EmailField(
        lazy("Type your e-mail address to delete your account"),
        [told(lazy("Please type your e-mail address."))],
        filters=[one_line],
        render_kw={"autocomplete": "off", "maxlength": EMAIL_MAX},
    )

    def __init__(self, user: User, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user

    def validate_email(self, field: EmailField) -> None:
        if (field.data or "").lower() != self.user.email:
            raise ValidationError(_("This is not the address of your account. Nothing was deleted."))


KINDS = {
    BodyKind.NATIONAL: lazy("National focal point"),
    BodyKind.REGIONAL: lazy("Regional focal point"),
    BodyKind.GLOBAL: lazy("Global focal point"),
    BodyKind.INSTITUTION: lazy("Focal point of an institution"),
}
ROLES = {MandateRole.LEAD: lazy("Lead"), MandateRole.DEPUTY: lazy("Deputy")}


class MandateForm(Form):
    """An application to act for a body: one that is there, or one described here."""

    body = SelectField(
        lazy("The organisation you act for"), coerce=lambda value: int(value) if str(value or "").isdecimal() else None
    )
    kind = SelectField(lazy("What it is"), choices=lambda: [("", _("Please choose")), *KINDS.items()])
    name = StringField(
        lazy("Its name"), [short(200)], filters=[one_line], render_kw={"maxlength": 200, "autocomplete": "organization"}
    )
    country = SelectField(lazy("Its country"), coerce=lambda value: value or None)
    region = SelectField(lazy("Its region, if it is a regional body"), coerce=lambda value: value or None)
    website = URLField(
        lazy("Its website"),
        [Optional(), short(500)],
        filters=[one_line],
        render_kw={"maxlength": 500, "placeholder": "https://"},
    )
    role = SelectField(lazy("Your role"), [told(lazy("Please choose your role."))], choices=lambda: list(ROLES.items()))
    starts_on = DateField(
        lazy("From"),
        [told(lazy("Please give the day from which you act for it."))],
        description=lazy("If you were appointed more than a year ago, give today and say since when in your note."),
        default=lambda: now().date(),
    )
    ends_on = DateField(lazy("Until, if a last day is set"), [Optional()])
    letter = FileField(
        lazy("Letter of nomination"),
        [FileRequired(lazy("Please add the letter by which you are nominated."))],
        description=lazy("A PDF or a picture of it. Only you and the admins can read it."),
    )
    note = TextAreaField(
        lazy("A note to the admin"), [short(TEXT_MAX)], filters=[tidy], render_kw={"maxlength": TEXT_MAX, "rows": 4}
    )

    def __init__(self, bodies: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.body.flags.required = True  # to choose in it, or to say more below
        self.body.choices = [("", _("It is not in this list")), *bodies]
        self.country.choices = [("", _("None")), *countries.choices(lang())]
        self.region.choices = [("", _("None")), *regions.choices(lang())]

    def validate_kind(self, field: SelectField) -> None:
        if not self.body.data and not field.data:
            raise ValidationError(_("Please choose your organisation above, or say what it is."))

    def validate_name(self, field: StringField) -> None:
        if self.describes and not field.data:
            raise ValidationError(_("Please give the name of your organisation."))

    def validate_website(self, field: URLField) -> None:
        if field.data and not is_web_address(field.data):
            raise ValidationError(_("Please give the whole address, beginning with https://."))

    def validate_country(self, field: SelectField) -> None:
        if self.describes and self.kind.data in (BodyKind.NATIONAL, BodyKind.INSTITUTION) and not field.data:
            raise ValidationError(_("Please choose the country of your organisation."))

    def validate_region(self, field: SelectField) -> None:
        if self.describes and self.kind.data == BodyKind.REGIONAL and not field.data:
            raise ValidationError(_("Please choose the region of your organisation."))

    def validate_starts_on(self, field: DateField) -> None:
        if field.data and abs(field.data - now().date()) > YEAR:
            raise ValidationError(_("Please give a day within a year from today."))

    def validate_ends_on(self, field: DateField) -> None:
        first, last = self.starts_on.data, field.data
        if first and last and last < first:
            raise ValidationError(_("The last day is before the first. Please correct one of them."))

    @property
    def describes(self) -> bool:
        """Whether it describes a body that is not in the list."""
        return not self.body.data and bool(self.kind.data)


class ReasonForm(Form):
    """Why: read by those it concerns."""

    reason = TextAreaField(
        lazy("Reasons"),
        [told(lazy("Please say why: they will read it.")), short(TEXT_MAX)],
        filters=[tidy],
        render_kw={"maxlength": TEXT_MAX, "rows": 4},
    )


class HandOverForm(Form):
    """To whom a mandate is handed over."""

    email = EmailField(
        lazy("E-mail address of your successor"),
        [told(lazy("Please give the address of your successor.")), fs.EmailValidation(verify=True)],
        filters=[one_line],
        render_kw={"autocomplete": "off", "maxlength": EMAIL_MAX},
    )
    note = TextAreaField(
        lazy("A note to the admin"), [short(TEXT_MAX)], filters=[tidy], render_kw={"maxlength": TEXT_MAX, "rows": 4}
    )


USUAL, OWN = "usual", "own"


class WeekForm(Form):
    """When an organisation works."""

    whose = RadioField(lazy("It does not work"), [told(lazy("Please choose one."))])
    weekend = SelectMultipleField(lazy("Its own days"), coerce=int)
    time_zone = SelectField(
        lazy("Its time zone"), coerce=lambda value: value or None, description=lazy("In it, its days begin and end.")
    )

    def __init__(self, body: Body, **kwargs: Any) -> None:
        said = {"whose": USUAL if body.weekend is None else OWN, "weekend": body.weekend, "time_zone": body.time_zone}
        super().__init__(data=said, **kwargs)
        names = get_day_names("wide", locale=get_locale())
        usual = ", ".join(names[day] for day in sorted(weekend_of(body.country)))
        zone = zone_of(body.country)
        self.whose.choices = [
            (USUAL, _("As is usual there: %(days)s", days=usual)),
            (OWN, _("On days of its own")),
        ]
        self.weekend.choices = sorted(names.items())
        place = _("That of its country: %(zone)s", zone=city(zone)) if zone else _("That of this site")
        self.time_zone.choices = {_("Not chosen"): [("", place)], **zone_choices()}

    def validate_weekend(self, field: SelectMultipleField) -> None:
        if self.whose.data == OWN and len(set(field.data or ())) > 6:
            raise ValidationError(_("A week needs a working day. Please take one of these away."))

    @property
    def days(self) -> list[int] | None:
        """The days of its own, 0 being Monday; None where they are the usual ones of its country."""
        return sorted(set(self.weekend.data or ())) if self.whose.data == OWN else None
