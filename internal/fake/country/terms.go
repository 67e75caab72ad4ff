package country

import "mekenjai/internal/state"

// term makes a dictionary value.
func term(code, ru, kk string) state.Term { return state.Term{Code: code, NameRU: ru, NameKK: kk} }

var (
	male   = term("1", "Мужской", "Еркек")
	female = term("2", "Женский", "Әйел")

	kazakhstan = term(state.CountryKazakhstan, "КАЗАХСТАН", "ҚАЗАҚСТАН")
	georgia    = term("268", "ГРУЗИЯ", "ГРУЗИЯ")
	germany    = term("276", "ГЕРМАНИЯ", "ГЕРМАНИЯ")

	kazakh      = term("005", "КАЗАХ", "ҚАЗАҚ")
	nationality = term("999", "НЕ УКАЗАНА", "КӨРСЕТІЛМЕГЕН")

	alive = term(state.LifeNormal, "Нормальный", "Қалыпты")
	dead  = term(state.LifeDead, "Смерть", "Қайтыс болған")

	registered = term(state.AddressRegistered, "Зарегистрирован", "Тіркелді")
	temporary  = term(state.AddressTemporary, "Временная регистрация", "Уақытша тіркеу")
	departure  = term(state.AddressDeparture, "Адрес выбытия", "Кеткен мекенжайы")

	identityCard     = term(state.DocumentIdentityCard, "УДОСТОВЕРЕНИЕ РК", "ҚР ЖЕКЕ КУӘЛІГІ")
	passport         = term(state.DocumentPassport, "ПАСПОРТ РК", "ҚР ПАСПОРТЫ")
	residencePermit  = term(state.DocumentResidencePermit, "ВИД НА ЖИТЕЛЬСТВО ИНОСТРАНЦА", "ШЕТЕЛДІКТІҢ ТҰРУЫНА ЫҚТИЯРХАТ")
	valid            = term(state.DocumentValid, "ДОКУМЕНТ ДЕЙСТВИТЕЛЕН", "ҚҰЖАТ ЖАРАМДЫ")
	interiorMinistry = term("002", "МВД РК", "ҚР ІІМ")

	incapable = term(state.CapableIncapable, "Недееспособен", "Әрекетке қабілетсіз")
	limited   = term(state.CapableLimited, "Ограниченно дееспособен", "Әрекет қабілеті шектеулі")
	court     = term("1", "Суд города Караганды (вымышленный)", "Қарағанды қаласының соты (ойдан шығарылған)")

	ownership       = term(state.RightOwnership, "Собственность", "Меншік")
	sharedOwnership = term(state.RightSharedOwnership, "Общая долевая собственность", "Ортақ үлестік меншік")
	saleContract    = term("1", "Договор купли-продажи", "Сатып алу-сату шарты")
	leaseContract   = term("2", "Договор", "Шарт")
	decision        = term("3", "Постановление", "Қаулы")

	pledge = term("3011", "Залог недвижимости", "Жылжымайтын мүлік кепілі")
	arrest = term("3021", "Арест", "Тыйым салу (арест)")
	banUse = term("3032", "Запрет на пользование", "Пайдалануға тыйым салу")

	activeEntity = term(state.EntityActive, "Зарегистрирован", "Тіркелген")
	headOf       = term("1", "Первый руководитель", "Бірінші басшы")
)

// purposes are the values of PurposeUse of the demo's objects.
var purposes = map[state.Use]state.Term{
	state.UseHouse:     term("1001", "Индивидуальный жилой дом", "Жеке тұрғын үй"),
	state.UseFlat:      term("1002", "Квартира", "Пәтер"),
	state.UseDormitory: term("1101", "Общежитие", "Жатақхана"),
	state.UseOffice:    term("2001", "Офис", "Кеңсе"),
}
